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
const failures = []
/** The API's OpenAPI document, once it is asked for. */
let description

/**
 * Each check, in the order of what a later one needs.
 * @type {[string, () => Promise<unknown>][]}
 */
const checks = [
  ['format', () => runCommand(bin('prettier'), ['--check', '--log-level', 'warn', '.'])],
  ['import directions', checkImports],
  ['types of the API for the web app', async () => writeApiTypes(await describedApi())],
  ['description of the API', lintApi],
  ['types', () => runCommand(bin('tsc'), ['--noEmit', '--pretty', 'false'])],
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
  ['web app', checkWeb],
]

try {
  requireNode()
  if (!isInstalled()) await step('installing dependencies', install)
  await step('generating the types of the database', () => script('generate.mjs'))
  for (const [name, check] of checks) {
    try {
      await step(name, check)
    } catch (error) {
      failures.push(name)
      say(`${error instanceof CommandError ? error.output.trim() : explain(error)}\n`)
    }
  }
} catch (error) {
  failures.push('preparation')
  say(explain(error))
}
say(failures.length ? `\nCheck failed: ${failures.join(', ')}` : '\nCheck passed')
process.exitCode = failures.length ? 1 : 0

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
