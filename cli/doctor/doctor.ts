import fs from 'node:fs'
import { openDatabase } from '../../platform/postgres/database.ts'
import { EnvironmentError, parseEnvironment } from '../../scripts/environment.mjs'
import { requireNode } from '../../scripts/launch/installation.mjs'
import { StepError } from '../../scripts/launch/steps.mjs'
import { type Command, isOn, print, wordsOf } from '../command.ts'
import { type Settings, withDatabase } from '../database.ts'
import { installedKeys, secretKeysOf } from '../secret-key/installed-keys.ts'
import { temporalAddressOf } from '../temporal.ts'
import { checkDatabase, checkRoom } from './database.ts'
import { type Finding, ok, problem, warning, within } from './finding.ts'
import { checkSecrets } from './key.ts'
import { checkMailAccounts } from './mail.ts'
import { checkNetwork } from './network.ts'
import { checkTemporal } from './temporal.ts'

const CHECK_MS = 25_000
const MAIL_MS = 60_000

/** `npm run doctor`. */
export const doctor: Command = {
  summary: 'Looks at everything that Guichet needs, and says what to do; ends with 1 on a problem',
  usage: '[--json]',
  options: { json: { type: 'boolean' } },
  async run(given) {
    wordsOf(given)
    const findings = await examine(process.env)
    const healthy = findings.every(({ level }) => level !== 'problem')
    if (isOn(given, 'json')) print(JSON.stringify({ ok: healthy, findings }, null, 2))
    else for (const finding of findings) print(inWords(finding))
    return healthy ? 0 : 1
  },
}

/** Every check; each says what it found, whatever the others come to. Changes nothing. */
export async function examine(env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const settings = configuration(env)
  const findings = [...nodeVersion(), ...settings.findings]
  if (!settings.value) return findings
  const value = settings.value
  const [database, temporal, network] = await Promise.all([
    databaseFindings(value),
    within(CHECK_MS, 'Temporal', checkTemporal(temporalOf(value))),
    within(CHECK_MS, 'ports', checkNetwork(value)),
  ])
  return [...findings, ...database, ...temporal, ...network]
}

function nodeVersion(): Finding[] {
  try {
    requireNode()
    return [ok('Node.js', `${process.versions.node} is new enough`)]
  } catch (error) {
    if (!(error instanceof StepError)) throw error
    return [problem('Node.js', error.message, error.advice ?? '')]
  }
}

function configuration(env: NodeJS.ProcessEnv): { value?: Settings; findings: Finding[] } {
  try {
    const value = parseEnvironment(env)
    return { value, findings: [ok('configuration', 'every variable has a value that can be used')] }
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    return {
      findings: [
        problem('configuration', error.message, 'Nothing else was looked at: correct it first.'),
      ],
    }
  }
}

const temporalOf = (settings: Settings): Parameters<typeof checkTemporal>[0] => ({
  address: temporalAddressOf(settings),
  namespace: settings.temporalNamespace,
  embedded: settings.externalTemporalAddress === undefined,
  apiKey: settings.temporalApiKey,
  tls: settings.temporalTls,
})

async function databaseFindings(settings: Settings): Promise<Finding[]> {
  const { dataDir } = settings
  const room = fs.existsSync(dataDir) ? checkRoom(dataDir) : []
  try {
    return await withDatabase(settings, async (databaseUrl) => {
      const found = await within(CHECK_MS, 'database', checkDatabase(databaseUrl))
      const usable = found.every(({ level }) => level !== 'problem')
      return [...room, ...found, ...(usable ? await insideFindings(databaseUrl, settings) : [])]
    })
  } catch (error) {
    if (!(error instanceof StepError)) throw error
    return [
      ...room,
      warning('database', error.message, error.advice ?? 'npm start makes one at its first start.'),
    ]
  }
}

/** What the database says of the key, and of the mail servers. */
async function insideFindings(databaseUrl: string, settings: Settings): Promise<Finding[]> {
  const db = openDatabase(databaseUrl, {
    connections: 2,
    bounds: { connect: 8_000 },
    name: 'guichet-doctor',
  })
  try {
    const keys = secretKeysOf(installedKeys(settings))
    const secrets = await within(CHECK_MS, 'key', checkSecrets(db, keys))
    const accounts = keys === null ? [] : await within(MAIL_MS, 'mail', checkMailAccounts(db, keys))
    return [...secrets, ...accounts]
  } finally {
    await db.close()
  }
}

const marks = { ok: '✓', warning: '!', problem: '✗' } as const

const inWords = ({ level, about, found, advice }: Finding): string =>
  `  ${marks[level]} ${about}: ${found}${advice === undefined ? '' : `\n      → ${advice}`}`
