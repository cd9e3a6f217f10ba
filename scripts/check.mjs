// `npm run check`: what can be found without running anything. Types, import directions, lint, the
// web app's types against the API.
import fs from 'node:fs'
import path from 'node:path'
import { apiDescription, writeApiTypes } from './api-types.mjs'
import { projectRoot } from './environment.mjs'
import { runCommand, CommandError, script } from './launch/commands.mjs'
import { install, isInstalled, requireNode } from './launch/installation.mjs'
import { explain, say, step } from './launch/steps.mjs'
import { lintDescription } from './openapi-lint.mjs'

const bin = (/** @type {string} */ name) => path.join(projectRoot, 'node_modules/.bin', name)
/** Most checks keep one core busy; each holds up to 3 GB. */
const AT_ONCE = 2

/** @type {string[]} */
const failures = []
/** The API's OpenAPI document, once it is asked for. */
let description

/**
 * What later checks read.
 * @type {[string, () => Promise<unknown>][]}
 */
const first = [
  ['types of the database, modules of the languages', () => script('generate.mjs')],
  ['types of the API for the web app', async () => writeApiTypes(await describedApi())],
]

/**
 * The rest, longest first, so that none is left alone at the end.
 * @type {[string, () => Promise<unknown>][]}
 */
const checks = [
  [
    'lint',
    () =>
      runCommand(bin('eslint'), [
        '--max-warnings=0',
        '--cache',
        '--cache-location',
        'dist/.eslint-cache',
        '.',
      ]),
  ],
  ['types', () => runCommand(bin('tsc'), ['--noEmit', '--pretty', 'false'])],
  ['format', () => runCommand(bin('prettier'), ['--check', '--log-level', 'warn', '.'])],
  ['web app', checkWeb],
  ['import directions', checkImports],
  ['description of the API', lintApi],
]

try {
  requireNode()
  if (!isInstalled()) await step('installing dependencies', install)
  for (const one of first) await passes(one)
  await Promise.all(Array.from({ length: AT_ONCE }, inTurn))
} catch (error) {
  failures.push('preparation')
  say(explain(error))
}
say(failures.length ? `\nCheck failed: ${failures.join(', ')}` : '\nCheck passed')
process.exitCode = failures.length ? 1 : 0

/** Takes the next check until there is none. */
async function inTurn() {
  for (let next = checks.shift(); next; next = checks.shift()) await passes(next)
}

/**
 * Notes a check that fails, and says why.
 * @param {[string, () => Promise<unknown>]} check
 */
async function passes([name, check]) {
  try {
    await step(name, check)
  } catch (error) {
    failures.push(name)
    say(`${error instanceof CommandError ? error.output.trim() : explain(error)}\n`)
  }
}

/** Who may import whom, and that nobody imports in a circle: .dependency-cruiser.mjs. */
async function checkImports() {
  const folders = [
    'domain',
    'languages',
    'workflows',
    'platform',
    'application',
    'activities',
    'api',
    'worker',
    'cli',
    'web',
    'tests/web',
  ]
  await runCommand(bin('depcruise'), ['--config', '.dependency-cruiser.mjs', ...folders])
}

/** Svelte's own checker: the components' types and their accessibility. */
async function checkWeb() {
  if (!fs.existsSync(path.join(projectRoot, 'web/tsconfig.json')))
    throw new CommandError('', 'web/tsconfig.json is missing.')
  await runCommand(bin('svelte-check'), [
    '--workspace',
    'web',
    '--tsconfig',
    './tsconfig.json',
    '--output',
    'human',
    '--fail-on-warnings',
    '--no-color',
  ])
}

/** What Redocly's linter finds in the API's description is an error here, also when it only warns. */
async function lintApi() {
  const found = await lintDescription(await describedApi(), path.join(projectRoot, 'dist'))
  if (found) throw new CommandError('', found)
}

/** @returns {Promise<any>} */
async function describedApi() {
  return (description ??= await apiDescription())
}
