// What the processes of a test run load: plain JavaScript, made once for all of them. Transforming
// hundreds of modules one by one as they are loaded takes each process seconds.
import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { projectRoot } from '../environment.mjs'

/**
 * Bundles the test files of each process into one; what several load is made once. Packages stay in
 * node_modules.
 * @param {string[][]} plan the files of each process, below the project's root
 * @param {string} folder to write into: it is given the project's node_modules
 * @returns {Promise<string[]>} the file of each process, in the plan's order
 */
export async function bundleTests(plan, folder) {
  const { build } = await import('esbuild')
  fs.mkdirSync(folder, { recursive: true })
  fs.symlinkSync(path.join(projectRoot, 'node_modules'), path.join(folder, 'node_modules'))
  const names = plan.map(([first = '', ...more], i) =>
    more.length === 0 ? first.replace(/\.ts$/, '') : `together-${i}.test`,
  )
  await build({
    entryPoints: names.map((out, i) => ({ in: `process:${i}`, out })),
    outdir: folder,
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    sourcemap: true,
    keepNames: true,
    outExtension: { '.js': '.mjs' },
    absWorkingDir: projectRoot,
    logLevel: 'warning',
    plugins: [processes(plan), places],
  })
  return names.map((name) => path.join(folder, `${name}.mjs`))
}

/** One that cannot be loaded fails under its name, and takes none of the others with it. */
const NOT_LOADED = `import { test } from 'node:test'
const notLoaded = (file) => (error) => void test(file, () => { throw error })`

/**
 * A module for each process, which loads its test files in their order.
 * @param {string[][]} plan
 * @returns {import('esbuild').Plugin}
 */
const processes = (plan) => ({
  name: 'processes',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^process:\d+$/ }, ({ path }) => ({ path, namespace: 'process' }))
    onLoad({ filter: /.*/, namespace: 'process' }, ({ path: name }) => {
      const files = plan[Number(name.slice('process:'.length))] ?? []
      const imports = files.map(
        (file) =>
          `await import(${JSON.stringify(`./${file}`)}).catch(notLoaded(${JSON.stringify(file)}))`,
      )
      return { contents: `${NOT_LOADED}\n${imports.join('\n')}\n`, resolveDir: projectRoot }
    })
  },
})

/**
 * Modules look for files beside themselves: each keeps the place that it has in the sources.
 * @type {import('esbuild').Plugin}
 */
const places = {
  name: 'places',
  setup({ onLoad }) {
    onLoad({ filter: /\.(?:ts|mjs)$/ }, ({ path: file }) => {
      if (file.includes('/node_modules/')) return undefined
      const place = JSON.stringify(pathToFileURL(file).href)
      return {
        contents: fs.readFileSync(file, 'utf8').replaceAll('import.meta.url', place),
        loader: file.endsWith('.ts') ? 'ts' : 'js',
      }
    })
  },
}
