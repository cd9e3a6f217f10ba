// Builds what the processes run, each part only when its sources have changed: `npm run build`, or
// with --server or --web for one of the two.
import fs from 'node:fs'
import path from 'node:path'
import { projectRoot } from './environment.mjs'
import { generateLanguages } from './languages.mjs'
import { hashOf, isFresh, replaceFolder, writeStamp } from './launch/stamps.mjs'

/** @param {string[]} parts */
const at = (...parts) => path.join(projectRoot, ...parts)
const common = [
  'package-lock.json',
  'scripts/build.mjs',
  'scripts/workflow-bundle.mjs',
  'domain',
  'languages',
]

/**
 * @type {Record<string, {flag: string, sources: string[], made: string, build: () =>
 *   Promise<void>}>}
 */
const parts = {
  server: {
    flag: '--server',
    sources: [
      ...common,
      'scripts/environment.mjs',
      'scripts/create-database.mjs',
      'scripts/launch',
      'platform',
      'application',
      'activities',
      'api',
      'cli',
      'worker',
      'workflows',
    ],
    made: 'dist/api.mjs',
    build: buildServer,
  },
  workflows: {
    flag: '--server',
    sources: [...common, 'workflows'],
    made: 'dist/workflow-bundle.js',
    build: buildWorkflows,
  },
  web: {
    flag: '--web',
    sources: [...common, 'web', 'api/openapi.ts'],
    made: 'web/dist/index.html',
    build: buildWeb,
  },
}

generateLanguages()
const flags = process.argv.slice(2).filter((argument) => argument.startsWith('--'))
for (const [name, { flag, sources, made, build }] of Object.entries(parts)) {
  if (flags.length > 0 && !flags.includes(flag)) continue
  const stamp = at('dist/.stamps', name)
  const hash = hashOf(sources)
  if (isFresh(stamp, hash) && fs.existsSync(at(made))) continue
  await build()
  writeStamp(stamp, hash)
}

/**
 * The two processes, one file each, and the command line, which loads what a command needs and no
 * more; their packages stay in node_modules.
 */
async function buildServer() {
  const { build } = await import('esbuild')
  /** @type {import('esbuild').BuildOptions & { write: false }} */
  const common = {
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    sourcemap: true,
    outdir: at('dist'),
    outExtension: { '.js': '.mjs' },
    absWorkingDir: projectRoot,
    logLevel: 'warning',
    write: false,
  }
  const processes = { api: at('api/main.ts'), worker: at('worker/main.ts') }
  const made = [
    ...(await build({ ...common, entryPoints: processes })).outputFiles,
    ...(
      await build({
        ...common,
        entryPoints: { cli: at('cli/main.ts') },
        splitting: true,
        // Beside the others: what looks for the project's root from its own place finds it.
        chunkNames: 'cli-[name]-[hash]',
      })
    ).outputFiles,
  ]
  for (const { path: file, contents } of made) writeWhole(file, contents)
  const kept = new Set(made.map(({ path: file }) => path.basename(file)))
  for (const name of fs.readdirSync(at('dist')))
    if (/^cli-.*\.mjs(\.map)?$/.test(name) && !kept.has(name)) fs.rmSync(at('dist', name))
}

async function buildWorkflows() {
  const { bundleWorkflows } = await import('./workflow-bundle.mjs')
  const { code } = await bundleWorkflows()
  writeWhole(at('dist/workflow-bundle.js'), code)
}

async function buildWeb() {
  const { build } = await import('vite')
  const beside = at('web', `.dist-${process.pid}`)
  try {
    await build({
      root: at('web'),
      configFile: at('web/vite.config.ts'),
      logLevel: 'warn',
      build: { outDir: beside, emptyOutDir: true },
    })
    replaceFolder(beside, at('web/dist'))
  } finally {
    fs.rmSync(beside, { recursive: true, force: true })
  }
}

/**
 * In one step, so that a process that starts meanwhile reads the old file or the new one.
 * @param {string} file
 * @param {string | Uint8Array} content
 */
function writeWhole(file, content) {
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(`${file}.${process.pid}`, content)
  fs.renameSync(`${file}.${process.pid}`, file)
}
