import fs from 'node:fs'
import type { OpenDatabase } from '../../platform/postgres/database.ts'
import { fingerprintOf, type SecretKeys } from '../../platform/secrets/secret-keys.ts'
import { type Settings, settingsOf } from '../settings.ts'
import {
  earlierKeysFile,
  keptEarlierKeys,
  keyFile,
  keyOf,
  newKeyText,
  replaceKeptKey,
  writeEarlierKeys,
  writeKey,
} from '../../scripts/launch/secret-key.mjs'
import { StepError } from '../../scripts/launch/steps.mjs'
import {
  type Command,
  type Given,
  isOn,
  print,
  tell,
  textOf,
  UsageError,
  wordsOf,
} from '../command.ts'
import { withOpenDatabase } from '../database.ts'
import { givenPath } from '../installation.ts'
import { earlierKeys, inWords, mayBeDropped } from './earlier-keys.ts'
import { installedKeys, secretKeysOf } from './installed-keys.ts'
import { everyProcessKnows, onlyOne } from './processes.ts'
import { reseal, secretsByKey } from './reseal.ts'
import { resealAnswers } from './kept-answers.ts'
import { forgetRotations } from './rotations.ts'
import { sealedSecrets } from './sealed-secrets.ts'

/** `npm run rotate-key`. */
export const rotateKey: Command = {
  summary: 'Seals every stored secret with a new SECRET_KEY, while Guichet runs',
  usage: `[--take FILE]
--make FILE
--forget [--anyway]`,
  options: {
    take: { type: 'string' },
    make: { type: 'string' },
    forget: { type: 'boolean' },
    anyway: { type: 'boolean' },
  },
  async run(given) {
    wordsOf(given)
    const make = textOf(given, 'make')
    if (make !== undefined) return makeKey(givenPath(make))
    const settings = settingsOf()
    return withOpenDatabase(settings, (db) =>
      onlyOne(db, () =>
        isOn(given, 'forget')
          ? forget(db, settings, isOn(given, 'anyway'))
          : rotate(db, settings, given),
      ),
    )
  },
}

async function rotate(db: OpenDatabase, settings: Settings, given: Given): Promise<number> {
  const before = knownKeys(settings)
  await refuseWrongKey(db, before)
  await everyProcessKnows(db, before.current, 0, ASK_FOR_RESTART)
  const keys =
    settings.secretKeyText === undefined
      ? await replaceInDataDir(db, settings, before, textOf(given, 'take'))
      : keysOfVariables(before, given)
  // First: while a secret opens with an earlier key, a command that was ended half way goes on.
  const answers = await resealAnswers(db, keys)
  const count = await reseal(db, keys)
  const { byCurrent, byEarlier, closed } = secretsByKey(await sealedSecrets(db), keys)
  tell(
    `${count} of ${byCurrent.length + closed.length + byEarlier.length} stored secrets were sealed anew; ${byCurrent.length} open with the current key (${fingerprintOf(keys.current)}).`,
  )
  if (answers > 0) tell(`${answers} kept answers to requests were sealed anew.`)
  for (const { what } of closed) tell(`No key opens ${what}: enter it again in Settings.`)
  for (const { what } of byEarlier)
    tell(`${what} was changed meanwhile and sealed with an earlier key: run this once more.`)
  await tellOfEarlier(db, keys, settings)
  if (settings.secretKeyText !== undefined && keys.earlier.length === 0) tell(STEPS)
  return closed.length + byEarlier.length > 0 ? 1 : 0
}

/** The new key is known before anything is sealed with it, the one before for as long as it is needed. */
async function replaceInDataDir(
  db: OpenDatabase,
  settings: Settings,
  before: SecretKeys,
  take: string | undefined,
): Promise<SecretKeys> {
  const { dataDir } = settings
  const { byEarlier } = secretsByKey(await sealedSecrets(db), before)
  if (byEarlier.length > 0 && take === undefined) {
    tell('A rotation was not finished: it goes on with the key that it made.')
    return before
  }
  replaceKeptKey(dataDir, take === undefined ? newKeyText() : takenKey(givenPath(take)))
  tell(
    `The new key is in ${keyFile(dataDir)}, the ones before it in ${earlierKeysFile(dataDir)}. Both go into the next backup; make one.`,
  )
  const keys = knownKeys(settings)
  await everyProcessKnows(
    db,
    keys.current,
    10_000,
    'Until now nothing is sealed with the new key, and all keys open everything. Restart those processes, then run this again: it goes on.',
  )
  return keys
}

/** What the variables say is so; the command only brings what is stored there. */
function keysOfVariables(before: SecretKeys, given: Given): SecretKeys {
  if (textOf(given, 'take') !== undefined)
    throw new UsageError(
      'SECRET_KEY is set, and is the current key: --take is for a key that DATA_DIR keeps.',
    )
  return before
}

function knownKeys(settings: Settings): SecretKeys {
  const keys = secretKeysOf(installedKeys(settings))
  if (keys) return keys
  throw new StepError(
    `There is no SECRET_KEY and no ${keyFile(settings.dataDir)}.`,
    'Set SECRET_KEY to the one that API and worker have, or restore secret.key from a backup.',
  )
}

/** @throws StepError when nothing stored opens: then this is not the key of this installation. */
async function refuseWrongKey(db: OpenDatabase, keys: SecretKeys): Promise<void> {
  const secrets = await sealedSecrets(db)
  const { closed } = secretsByKey(secrets, keys)
  if (secrets.length > 0 && closed.length === secrets.length)
    throw new StepError(
      `None of ${secrets.length} stored secrets opens with the keys that are here: they were sealed with another SECRET_KEY. Nothing was changed.`,
      'Set SECRET_KEY to the one that API and worker have, or restore secret.key from a backup; npm run doctor names what opens with what.',
    )
}

function makeKey(file: string): number {
  if (fs.existsSync(file)) throw new UsageError(`${file} is there already. Give another name.`)
  writeKey(file, `${newKeyText()}\n`)
  tell(`A new key is in ${file}, for its owner alone.`)
  tell(STEPS)
  return 0
}

function takenKey(file: string): string {
  if (!fs.existsSync(file)) throw new UsageError(`There is no file ${file}.`)
  const text = fs.readFileSync(file, 'utf8').trim()
  if (text.length < 16 || text.includes('\n'))
    throw new UsageError(`${file} holds no key: one line of at least 16 characters.`)
  return text
}

/** Removes keys that nothing needs; of variables only says which. */
async function forget(db: OpenDatabase, settings: Settings, anyway: boolean): Promise<number> {
  const keys = knownKeys(settings)
  const earlier = await earlierKeys(db, keys)
  const goes = earlier.filter((key) => (anyway ? key.secrets.length === 0 : mayBeDropped(key)))
  const gone = goes.map(({ fingerprint }) => fingerprint)
  const kept = keptEarlierKeys(settings.dataDir)
  const isGone = (text: string): boolean => gone.includes(fingerprintOf(keyOf(text)))
  if (settings.secretKeyText === undefined && kept.some(isGone)) {
    writeEarlierKeys(
      settings.dataDir,
      kept.filter((text) => !isGone(text)),
    )
    await forgetRotations(
      db,
      kept.filter(isGone).map((text) => fingerprintOf(keyOf(text))),
    )
  }
  const still = knownKeys(settings).earlier.map(fingerprintOf)
  for (const key of earlier)
    print(
      gone.includes(key.fingerprint)
        ? `${key.fingerprint} ${still.includes(key.fingerprint) ? 'may be taken out of SECRET_KEY_EARLIER' : 'is forgotten'}.`
        : `${key.fingerprint} stays: ${inWords(key)}.`,
    )
  if (earlier.length === 0) print('There is no earlier key.')
  return goes.length === earlier.length ? 0 : 1
}

async function tellOfEarlier(db: OpenDatabase, keys: SecretKeys, { secretKeyText }: Settings) {
  const earlier = await earlierKeys(db, keys)
  for (const key of earlier) tell(`Earlier key ${key.fingerprint}: ${inWords(key)}.`)
  if (earlier.length > 0)
    tell(
      `Reply addresses in mails of before are verified with earlier keys too; without them answers find their ticket by what they answer (References), as for a mailbox without plus addresses. When a key is needed no more: ${secretKeyText === undefined ? 'npm run rotate-key -- --forget' : 'npm run rotate-key -- --forget says so, then take it out of SECRET_KEY_EARLIER'}.`,
    )
}

const ASK_FOR_RESTART =
  'Nothing was changed. Give every process the same keys and restart it: SECRET_KEY the new one, SECRET_KEY_EARLIER the one before (docs/operations.md, Rotating the key).'

const STEPS = `To change SECRET_KEY where it is a variable:
  1. npm run rotate-key -- --make FILE   makes a key
  2. SECRET_KEY_EARLIER=<new key> beside the SECRET_KEY of now, and restart every process, one after another
  3. SECRET_KEY=<new key>, SECRET_KEY_EARLIER=<key before>, and restart every process once more
  4. npm run rotate-key                  seals what is stored with the new key
  5. npm run rotate-key -- --forget      says when the key before may be taken out
Where all processes stop and start together, leave step 2 out.`
