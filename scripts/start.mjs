// `npm start`: everything Guichet needs on this machine, in one process tree. Node built-ins only,
// for nothing may be installed yet.
import path from 'node:path'
import { demoAdmin, demoEnvironment, sandboxPlan, sandboxUrl } from './demo/plan.mjs'
import { EnvironmentError, parseEnvironment } from './environment.mjs'
import { Children } from './launch/children.mjs'
import { openDataFolder } from './launch/data-folder.mjs'
import { cancelCommands, script } from './launch/commands.mjs'
import { install, isInstalled, requireNode } from './launch/installation.mjs'
import { printLine, setUpLink } from './launch/log-lines.mjs'
import { takeLock } from './launch/lock.mjs'
import { watchParents } from './launch/parent-process.mjs'
import { ask, postgresPlan, processPlan, temporalPlan } from './launch/plans.mjs'
import { freePort, requirePort } from './launch/ports.mjs'
import { databaseUrl, initialise } from './launch/postgres.mjs'
import { forgetRunningSet, noteRunningSet } from './launch/running-set.mjs'
import { readSecretKeys } from './launch/secret-key.mjs'
import { advised, explain, say, step, StepError } from './launch/steps.mjs'
import { temporalBinary } from './launch/temporal-binary.mjs'
import { extendRetention, isServing } from './launch/temporal.mjs'

const READY_TIMEOUT = 90_000

/** @type {Children | undefined} */
let children
/** @type {{release: () => void} | undefined} */
let lock
/** @type {Promise<never> | undefined} */
let stopping
let ready = false
/** @type {string | undefined} */
let dataDir

process.stdout.on('error', () => undefined)
process.stderr.on('error', () => undefined)
watchSignals()
watchParents(() => void stop(0))

try {
  await launch()
} catch (error) {
  if (!stopping) {
    say(`\n${explain(error)}`)
    await stop(error instanceof EnvironmentError ? 78 : 1)
  }
}

async function launch() {
  const begun = Date.now()
  const demo = process.argv.includes('--demo')
  requireNode()
  if (demo) Object.assign(process.env, demoEnvironment(process.env))
  const settings = parseEnvironment(process.env)
  if (demo && (settings.externalDatabaseUrl || settings.externalTemporalAddress))
    throw new StepError(
      'The demo does not run on servers of yours.',
      'Leave DATABASE_URL and TEMPORAL_ADDRESS out: npm run demo',
    )

  openDataFolder(settings.dataDir, settings.demo)
  lock = takeLock(settings.dataDir, settings.publicUrl)
  readSecretKeys(settings)
  say(
    `Guichet${demo ? ' (demo)' : ''} · data in ${path.relative(process.cwd(), settings.dataDir) || '.'}\n`,
  )
  children = new Children(settings.dataDir)
  await children.endOrphans()
  const ports = await choosePorts(settings)
  dataDir = settings.dataDir
  noteRunningSet(dataDir, {
    ...settings,
    temporalPort: ports.temporal,
    postgresPort: ports.postgres,
  })

  if (!isInstalled()) await step('installing dependencies', install)
  const env = await startServers(settings, ports)
  await migrateAndBuild(settings, env)
  await startProcesses(settings, { ...process.env, ...env })
  if (demo) await startSandbox(settings, env)

  ready = true
  say(`\nReady after ${((Date.now() - begun) / 1000).toFixed(1)} s\n`)
  tellWhere(settings, env.TEMPORAL_ADDRESS)
}

/**
 * PostgreSQL and Temporal, ours or those that are named.
 * @param {import('./environment.mjs').Environment} settings
 * @param {Awaited<ReturnType<typeof choosePorts>>} ports
 * @returns the variables by which the processes find them
 */
async function startServers(settings, ports) {
  const database = settings.externalDatabaseUrl ?? (await startPostgres(settings, ports.postgres))
  const temporalAddress =
    settings.externalTemporalAddress ?? (await startTemporal(settings, ports.temporal))
  if (settings.externalTemporalAddress)
    await step('reaching Temporal', () => requireTemporal(settings))
  return {
    DATABASE_URL: database,
    TEMPORAL_ADDRESS: temporalAddress,
    DATA_DIR: settings.dataDir,
    NODE_ENV: 'production',
  }
}

/**
 * @param {import('./environment.mjs').Environment} settings
 * @param {NodeJS.ProcessEnv} env
 */
async function migrateAndBuild(settings, env) {
  await step('migrating the database', () =>
    advised(
      script('migrate.mjs', [], env),
      settings.externalDatabaseUrl
        ? 'Check DATABASE_URL and what its user may do.'
        : `PostgreSQL's own log: ${settings.dataDir}/logs/postgres.log`,
    ),
  )
  await step('building', () =>
    advised(
      script('build.mjs'),
      'Is the source as the release has it? git status shows what was changed; npm run check names the mistake.',
    ),
  )
}

/**
 * Says where everything is, and how one gets in.
 * @param {import('./environment.mjs').Environment} settings
 * @param {string} temporalAddress
 */
function tellWhere(settings, temporalAddress) {
  const link = setUpLink()
  say(`  Web app        ${settings.publicUrl}`)
  if (!settings.externalTemporalAddress)
    say(`  Temporal UI    http://127.0.0.1:${settings.temporalUiPort}`)
  say(`  Temporal       ${temporalAddress}, namespace ${settings.temporalNamespace}`)
  if (settings.smtpReceiverPort)
    say(`  SMTP receiver  ${settings.smtpReceiverHost}:${settings.smtpReceiverPort}`)
  if (settings.demo)
    say(
      `  Mail sandbox   ${sandboxUrl(process.env)}  (write as a requester, see what was sent)\n\n  Sign in as ${demoAdmin.email} with the password ${demoAdmin.password}.`,
    )
  if (link) say(`\n  First time here? Set up the first admin: ${link}`)
  say('\n  Ctrl-C stops everything.\n')
}

/** @param {import('./environment.mjs').Environment} settings */
async function choosePorts(settings) {
  await requirePort('PORT', settings.port, settings.host, 'the web app')
  if (settings.smtpReceiverPort)
    await requirePort(
      'SMTP_RECEIVER_PORT',
      settings.smtpReceiverPort,
      settings.smtpReceiverHost,
      'the SMTP receiver',
    )
  if (!settings.externalTemporalAddress)
    await requirePort('TEMPORAL_UI_PORT', settings.temporalUiPort, '127.0.0.1', 'the Temporal UI')
  if (settings.demo)
    for (const name of ['SANDBOX_PORT', 'SANDBOX_SMTP_PORT'])
      await requirePort(name, Number(process.env[name]), '127.0.0.1', 'the mail sandbox')
  if (settings.temporalPort)
    await requirePort('TEMPORAL_PORT', settings.temporalPort, '127.0.0.1', 'the Temporal server')
  if (settings.postgresPort)
    await requirePort('POSTGRES_PORT', settings.postgresPort, '127.0.0.1', 'PostgreSQL')
  // Nobody needs to know these two by heart: without a wish, any free port will do.
  return {
    temporal: settings.temporalPort ?? (await freePort('127.0.0.1', 7233)),
    postgres: settings.postgresPort ?? (await freePort('127.0.0.1', 54329)),
  }
}

/**
 * @param {import('./environment.mjs').Environment} settings
 * @param {number} port
 */
function startPostgres({ dataDir }, port) {
  return step('starting PostgreSQL', async () => {
    const clusterFolder = await initialise(dataDir)
    await children?.start(postgresPlan(dataDir, clusterFolder, port), READY_TIMEOUT)
    return databaseUrl(dataDir, port)
  })
}

/**
 * @param {import('./environment.mjs').Environment} settings
 * @param {number} port
 */
async function startTemporal(
  { dataDir, temporalNamespace: namespace, temporalUiPort: uiPort },
  port,
) {
  const binary = await step('finding the Temporal server', () => temporalBinary(dataDir))
  await step('starting Temporal', async () => {
    await children?.start(temporalPlan({ binary, dataDir, port, uiPort, namespace }), READY_TIMEOUT)
    await extendRetention({ binary, dataDir, port, namespace })
  })
  return `127.0.0.1:${port}`
}

/** @param {import('./environment.mjs').Environment} settings */
async function requireTemporal({
  externalTemporalAddress: address = '',
  temporalTls: tls,
  temporalApiKey: apiKey,
}) {
  for (let attempt = 0; attempt < 10; attempt++) {
    if (await isServing(address, { tls, apiKey })) return
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  throw new StepError(
    `No Temporal server answers at TEMPORAL_ADDRESS ${address}.`,
    'Check the address and that the cluster runs; for one with TLS set TEMPORAL_TLS=true. Without TEMPORAL_ADDRESS, npm start brings its own.',
  )
}

/**
 * @param {import('./environment.mjs').Environment} settings
 * @param {NodeJS.ProcessEnv} env
 */
async function startProcesses({ host, port }, env) {
  const base = `http://${host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host}:${port}`
  const line = (/** @type {string} */ name) => (/** @type {string} */ text) => printLine(name, text)
  await step('starting worker and API', async () => {
    await children?.start(
      processPlan('worker', env, () => true, line('worker')),
      READY_TIMEOUT,
    )
    await children?.start(
      processPlan(
        'api',
        env,
        async () => (await ask(`${base}/healthz`)).status === 200,
        line('api'),
      ),
      READY_TIMEOUT,
    )
    const until = Date.now() + READY_TIMEOUT
    for (;;) {
      const answer = await ask(`${base}/readyz`)
      if (answer.status === 200) return
      if (stopping) return
      if (Date.now() > until)
        throw new StepError(
          `Guichet does not become ready. GET /readyz says: ${answer.body.slice(0, 600) || answer.status}`,
          'The lines of worker and api above say what it waits for.',
        )
      await new Promise((resolve) => setTimeout(resolve, 150))
    }
  })
}

/**
 * The demo's mail server and its sample data.
 * @param {import('./environment.mjs').Environment} settings
 * @param {Record<string, string>} env
 */
async function startSandbox({ publicUrl }, env) {
  await step('starting the mail sandbox', async () =>
    children?.start(
      sandboxPlan({ ...env, GUICHET_URL: publicUrl }, (text) => printLine('sandbox', text)),
      READY_TIMEOUT,
    ),
  )
  await step('filling in sample data', () =>
    script('demo.mjs', [], { ...env, GUICHET_URL: publicUrl }),
  )
}

function watchSignals() {
  let asked = 0
  for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      // npm passes a terminal's Ctrl-C on, so that it arrives twice; only one that comes later is a
      // second wish.
      if (asked && Date.now() - asked < 1_000) return
      if (asked) {
        say('Stopping at once.')
        children?.killAll()
        lock?.release()
        process.exit(130)
      }
      asked = Date.now()
      void stop(0)
    })
  }
}

/**
 * Stops every child in order, once.
 * @param {number} code the exit code
 */
function stop(code) {
  stopping ??= (async () => {
    if (children) say('\nStopping…')
    cancelCommands()
    await children?.stop((name) => say(`  · stopping ${name}`))
    if (dataDir !== undefined) forgetRunningSet(dataDir)
    lock?.release()
    say(ready || code === 0 ? 'Stopped. All data is kept.' : 'Not started.')
    process.exit(code)
  })()
  return stopping
}
