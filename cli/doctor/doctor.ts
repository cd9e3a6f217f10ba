import fs from 'node:fs'
import { openDatabase } from '../../platform/postgres/database.ts'
import { EnvironmentError } from '../../scripts/environment.mjs'
import { requireNode } from '../../scripts/launch/installation.mjs'
import { StepError } from '../../scripts/launch/steps.mjs'
import { type Command, isOn, print, wordsOf } from '../command.ts'
import { addressOf, withDatabase } from '../database.ts'
import { type Settings, settingsOf } from '../settings.ts'
import { installedKeys, secretKeysOf } from '../secret-key/installed-keys.ts'
import { temporalAddressOf } from '../temporal.ts'
import { checkDatabase, checkRoom } from './database.ts'
import { at, type Finding, ok, problem, warning, within } from './finding.ts'
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
    temporalFindings(value),
    within(CHECK_MS, 'ports', checkNetwork(value)),
  ])
  return [...findings, ...database, ...temporal, ...network]
}

function nodeVersion(): Finding[] {
  try {
    requireNode()
    return at(process.execPath, [ok('Node.js', `${process.versions.node} is new enough`)])
  } catch (error) {
    if (!(error instanceof StepError)) throw error
    return at(process.execPath, [problem('Node.js', error.message, error.advice ?? '')])
  }
}

function configuration(env: NodeJS.ProcessEnv): { value?: Settings; findings: Finding[] } {
  try {
    const value = settingsOf(env)
    const { dataDir, running } = value
    const found = running
      ? 'Guichet runs there; its ports are looked at'
      : 'no npm start runs there; the ports of the variables are looked at'
    return {
      value,
      findings: at(`DATA_DIR ${dataDir}`, [
        ok('configuration', `every variable has a value that can be used; ${found}`),
      ]),
    }
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    return {
      findings: [
        problem('configuration', error.message, 'Nothing else was looked at: correct it first.'),
      ],
    }
  }
}

async function temporalFindings(settings: Settings): Promise<Finding[]> {
  const { temporalNamespace: namespace, dataDir } = settings
  const address = temporalAddressOf(settings)
  if (address === null)
    return at(`DATA_DIR ${dataDir}`, [
      warning(
        'Temporal',
        'the embedded one runs while Guichet does, and none runs here',
        'Start it with npm start, then ask again; or set DATA_DIR to where the one runs that is meant.',
      ),
    ])
  const check = checkTemporal({
    address,
    namespace,
    embedded: settings.externalTemporalAddress === undefined,
    apiKey: settings.temporalApiKey,
    tls: settings.temporalTls,
  })
  return at(`${address}, namespace ${namespace}`, await within(CHECK_MS, 'Temporal', check))
}

async function databaseFindings(settings: Settings): Promise<Finding[]> {
  const { dataDir } = settings
  const room = fs.existsSync(dataDir) ? checkRoom(dataDir) : []
  try {
    return await withDatabase(settings, async (databaseUrl) => {
      const check = within(CHECK_MS, 'database', checkDatabase(databaseUrl))
      const found = at(addressOf(databaseUrl), await check)
      const usable = found.every(({ level }) => level !== 'problem')
      return [...room, ...found, ...(usable ? await insideFindings(databaseUrl, settings) : [])]
    })
  } catch (error) {
    if (!(error instanceof StepError)) throw error
    return [
      ...room,
      ...at(`DATA_DIR ${dataDir}`, [
        warning(
          'database',
          error.message,
          error.advice ?? 'npm start makes one at its first start.',
        ),
      ]),
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
    const keyOf = settings.secretKeyText === undefined ? settings.dataDir : 'SECRET_KEY'
    return at(`${keyOf}, ${addressOf(databaseUrl)}`, [...secrets, ...accounts])
  } finally {
    await db.close()
  }
}

const marks = { ok: '✓', warning: '!', problem: '✗' } as const

const inWords = ({ level, about, where, found, advice }: Finding): string =>
  `  ${marks[level]} ${about}${where === undefined ? '' : ` (${where})`}: ${found}${advice === undefined ? '' : `\n      → ${advice}`}`
