// Generates what sources are made of, when those have changed: the types of the database's tables from
// the schema (prisma/generated/database.ts, read by the compiler and editors, by nothing that runs),
// and the modules of words from the folders of languages: `npm run generate`.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { projectRoot } from './environment.mjs'
import { generateLanguages } from './languages.mjs'
import { hashOf, isFresh, replaceFolder, writeStamp } from './launch/stamps.mjs'

const output = path.join(projectRoot, 'prisma/generated')
const stamp = path.join(output, '.stamp')
const require = createRequire(import.meta.url)
const versions = ['prisma', 'prisma-kysely'].map((name) => versionOf(name)).join(' ')
const hash = hashOf(['prisma/schema', 'scripts/generate.mjs'], versions)

generateLanguages()
if (!isFresh(stamp, hash)) generate()

/**
 * Into a folder of our own beside the final one (relative imports stay right), then moved over: a
 * run at the same time does no harm.
 */
function generate() {
  const beside = path.join(projectRoot, 'prisma', `.generated-${process.pid}`)
  const schemaCopy = path.join(projectRoot, 'prisma', `.schema-${process.pid}`)
  try {
    fs.cpSync(path.join(projectRoot, 'prisma/schema'), schemaCopy, { recursive: true })
    const base = path.join(schemaCopy, 'base.prisma')
    const outputLine = `$1${JSON.stringify(`../${path.basename(beside)}`)}`
    fs.writeFileSync(
      base,
      fs.readFileSync(base, 'utf8').replace(/^(\s*output\s*=\s*)".*"/m, outputLine),
    )
    const cli = path.join(path.dirname(require.resolve('prisma/package.json')), 'build/index.js')
    const run = spawnSync(
      process.execPath,
      [cli, 'generate', '--no-hints', '--schema', schemaCopy],
      {
        cwd: projectRoot,
        encoding: 'utf8',
        env: {
          ...process.env,
          // The generator's command is found here also when this was not started by npm.
          PATH: `${path.join(projectRoot, 'node_modules/.bin')}${path.delimiter}${process.env['PATH'] ?? ''}`,
          // `generate` insists on a schema engine that it then does not use; any executable will do,
          // and nothing is downloaded.
          PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
          CHECKPOINT_DISABLE: '1',
          PRISMA_HIDE_UPDATE_MESSAGE: '1',
        },
      },
    )
    if (run.status !== 0) {
      process.stderr.write(
        `${run.stdout}${run.stderr}\nThe types of the database could not be generated from prisma/schema: see above.\n`,
      )
      process.exitCode = 1
      return
    }
    replaceFolder(beside, output)
    writeStamp(stamp, hash)
  } finally {
    fs.rmSync(beside, { recursive: true, force: true })
    fs.rmSync(schemaCopy, { recursive: true, force: true })
  }
}

/** @param {string} name a package whose exports hide its package.json */
function versionOf(name) {
  const file = path.join(projectRoot, 'node_modules', name, 'package.json')
  return String(JSON.parse(fs.readFileSync(file, 'utf8')).version)
}
