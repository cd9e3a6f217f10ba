// Imports point one way: web → API contract; api → application, domain, platform; workflows → domain and the
// types of activities; domain → nothing.
import fs from 'node:fs'
import { builtinModules } from 'node:module'
import path from 'node:path'
import { projectRoot } from './environment.mjs'
import { filesBelow } from './launch/stamps.mjs'

/**
 * What each folder may import: other folders, folders of which only types, and packages (absent:
 * any).
 * @type {Record<string, {folders: string[], types?: string[], packages?: RegExp, except?:
 *   Record<string, string[]>}>}
 */
const rules = {
  // Pure: also runs in the workflow sandbox and in the browser, so no Node built-in and no package
  // that does I/O.
  domain: {
    folders: ['domain', 'languages/language.ts', 'languages/small-words.ts'],
    packages: /^zod$/,
  },
  // The words of every language; only what languages there are may reach domain and workflows.
  languages: { folders: ['languages'], packages: /^i18next$/ },
  workflows: {
    folders: ['workflows', 'domain'],
    packages: /^(@temporalio\/(workflow|common)|zod)$/,
  },
  // What API and worker both do with rows and with ticket workflows.
  application: {
    folders: ['application', 'domain', 'languages', 'platform', 'prisma'],
    types: ['workflows'],
  },
  activities: {
    folders: ['activities', 'application', 'domain', 'languages', 'platform', 'prisma'],
    types: ['workflows'],
  },
  platform: {
    folders: ['platform', 'domain', 'prisma', 'scripts/environment.mjs'],
    types: ['workflows'],
  },
  api: {
    folders: ['api', 'application', 'domain', 'languages', 'platform', 'prisma'],
    types: ['workflows'],
  },
  worker: {
    folders: ['worker', 'activities', 'application', 'domain', 'platform', 'prisma'],
    types: ['workflows'],
  },
  web: { folders: ['web', 'domain', 'languages'], types: ['api'] },
}

const IMPORT = /^\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?['"]([^'"\n]+)['"]/gm
const DYNAMIC_IMPORT = /\bimport\(\s*['"]([^'"\n]+)['"]\s*\)/g
const builtins = new Set(builtinModules)

/** An import that points the wrong way. */
export class ImportDirectionError extends Error {
  code = 'import-direction'
}

/** @throws {ImportDirectionError} that lists every wrong import with its file and line */
export function checkImports() {
  const wrong = Object.entries(rules).flatMap(([folder, rule]) =>
    [...filesBelow(path.join(projectRoot, folder))]
      .filter(
        (file) =>
          /\.(ts|mjs|js|svelte)$/.test(file) &&
          !file.endsWith('.d.ts') &&
          !/\.config\.(ts|js)$/.test(file),
      )
      .flatMap((file) => importsOf(file).flatMap((one) => complaint(file, rule, one) ?? [])),
  )
  if (wrong.length) throw new ImportDirectionError(wrong.join('\n'))
}

/** @typedef {{target: string, typeOnly: boolean, line: number}} Import */

/**
 * @param {string} file
 * @returns {Import[]}
 */
function importsOf(file) {
  const text = fs.readFileSync(file, 'utf8')
  const lineAt = (/** @type {number | undefined} */ index) =>
    text.slice(0, index).split('\n').length
  const fixed = [...text.matchAll(IMPORT)].map((match) => ({
    target: match[2] ?? '',
    typeOnly: match[1] !== undefined,
    line: lineAt(match.index + match[0].length),
  }))
  const dynamic = [...text.matchAll(DYNAMIC_IMPORT)].map((match) => ({
    target: match[1] ?? '',
    typeOnly: isTypePosition(text, match.index),
    line: lineAt(match.index),
  }))
  return [...fixed, ...dynamic]
}

/**
 * `import('x').Y` in a type, as in `typeof import('x')`.
 * @param {string} text
 * @param {number} index
 */
const isTypePosition = (text, index) =>
  /(typeof|[:<|&=])\s*$/.test(text.slice(Math.max(0, index - 20), index)) &&
  !/await\s*$/.test(text.slice(0, index))

/**
 * @param {string} file
 * @param {(typeof rules)[string]} rule
 * @param {Import} found
 * @returns {string | undefined}
 */
function complaint(file, rule, { target, typeOnly, line }) {
  const where = `${path.relative(projectRoot, file)}:${line}`
  if (!target.startsWith('.')) {
    const name = target.startsWith('@')
      ? target.split('/').slice(0, 2).join('/')
      : (target.split('/')[0] ?? '')
    if (!rule.packages || typeOnly || rule.packages.test(name)) return undefined
    return `${where} imports ${target}: this folder may only use ${rule.packages.source}${builtins.has(name) || name.startsWith('node:') ? ', and no Node built-in' : ''}`
  }
  const imported = path.relative(projectRoot, path.resolve(path.dirname(file), target))
  const within = (/** @type {string} */ folder) =>
    imported === folder || imported.startsWith(`${folder}/`)
  if (rule.folders.some(within)) return undefined
  if (rule.types?.some(within))
    return typeOnly
      ? undefined
      : `${where} imports ${imported}: from there only types (import type)`
  return `${where} imports ${imported}: this folder may import ${[...rule.folders, ...(rule.types ?? []).map((folder) => `${folder} (types)`)].join(', ')}`
}
