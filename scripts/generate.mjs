// Generates what sources are made of, when those have changed: the Prisma client from the schema,
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
const hash = hashOf(
  ['prisma/schema.prisma', 'scripts/generate.mjs'],
  require('prisma/package.json').version,
)

generateLanguages()
if (!isFresh(stamp, hash)) generate()

/**
 * Into a folder of our own beside the final one (relative imports stay right), then moved over: a
 * run at the same time does no harm.
 */
function generate() {
  const beside = path.join(projectRoot, 'prisma', `.generated-${process.pid}`)
  const schemaCopy = path.join(projectRoot, 'prisma', `.schema-${process.pid}.prisma`)
  try {
    const schema = fs.readFileSync(path.join(projectRoot, 'prisma/schema.prisma'), 'utf8')
    fs.writeFileSync(
      schemaCopy,
      schema.replace(
        /^(\s*output\s*=\s*)".*"/m,
        `$1${JSON.stringify(`./${path.basename(beside)}`)}`,
      ),
    )
    const cli = path.join(path.dirname(require.resolve('prisma/package.json')), 'build/index.js')
    const run = spawnSync(
      process.execPath,
      [cli, 'generate', '--no-hints', '--schema', schemaCopy],
      {
        cwd: projectRoot,
        encoding: 'utf8',
        // `generate` insists on a schema engine that it then does not use; any executable will do,
        // and nothing is downloaded.
        env: {
          ...process.env,
          PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
          CHECKPOINT_DISABLE: '1',
          PRISMA_HIDE_UPDATE_MESSAGE: '1',
        },
      },
    )
    if (run.status !== 0) {
      process.stderr.write(
        `${run.stdout}${run.stderr}\nThe Prisma client could not be generated from prisma/schema.prisma: see above.\n`,
      )
      process.exitCode = 1
      return
    }
    const client = path.join(beside, 'internal/class.ts')
    fs.writeFileSync(
      client,
      fs.readFileSync(client, 'utf8').replaceAll(path.basename(beside), 'generated'),
    )
    replaceFolder(beside, output)
    writeStamp(stamp, hash)
  } finally {
    fs.rmSync(beside, { recursive: true, force: true })
    fs.rmSync(schemaCopy, { force: true })
  }
}
