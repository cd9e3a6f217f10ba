import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { writeAlertSettings } from '../../application/health/alerts/settings.ts'
import type { Finding } from '../../cli/doctor/finding.ts'
import { installedKeys, secretKeysOf } from '../../cli/secret-key/installed-keys.ts'
import { sealedSecrets } from '../../cli/secret-key/sealed-secrets.ts'
import { noAlerts } from '../../domain/health/contract.ts'
import { openDatabase, type OpenDatabase } from '../../platform/postgres/database.ts'
import { jsonb } from '../../platform/postgres/json.ts'
import { seal, unseal } from '../../platform/secrets/sealed-secret.ts'
import { fingerprintOf, onlyKey, type SecretKeys } from '../../platform/secrets/secret-keys.ts'
import { readSignedPage, signPage } from '../../platform/secrets/signed-page.ts'
import {
  earlierKeysFile,
  keptKeyText,
  keyFile,
  readSecretKeys,
} from '../../scripts/launch/secret-key.mjs'
import { absentDatabase, freshDatabase, type FreshDatabase } from '../harness/database.ts'
import { eventually } from '../harness/eventually.ts'
import { ROOT, runCommand } from './run-command.ts'

const FIRST = 'the first key, of a variable'
const SECOND = 'the second key, of a variable'
const DAY = 86_400_000

describe('npm run rotate-key', { concurrency: false }, () => {
  let database: FreshDatabase
  let db: OpenDatabase
  let dataDir: string
  const made: FreshDatabase[] = []

  before(async () => {
    database = await freshDatabase()
    made.push(database)
    db = openDatabase(database.url, { connections: 3 })
  })
  after(async () => {
    await db?.close()
    for (const one of made) await one.drop()
  })
  beforeEach(() => {
    dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'guichet-rotate-'))
  })
  afterEach(async () => {
    fs.rmSync(dataDir, { recursive: true })
    const tables = ['process_beat', 'setting', 'sender', 'mailbox', 'department'] as const
    for (const table of [...tables, 'idempotent_request'] as const)
      await db.deleteFrom(table).execute()
  })

  const env = (more: Record<string, string> = {}) => ({
    DATABASE_URL: database.url,
    DATA_DIR: dataDir,
    ...more,
  })
  const rotate = async (args: string[] = [], more: Record<string, string> = {}) => {
    const ran = await runCommand(['rotate-key', ...args], env(more))
    const texts = [...installed().map(({ text }) => text), FIRST, SECOND]
    for (const text of texts) assert.ok(!ran.said.includes(text), 'no key is said')
    return ran
  }
  const installed = () => {
    const { current, earlier } = installedKeys({
      secretKeyText: undefined,
      earlierKeyTexts: [],
      dataDir,
    })
    return [current, ...earlier].flatMap((text) => (text === null ? [] : [{ text }]))
  }
  /** As a start reads them; makes one where there is none. */
  const kept = (): SecretKeys =>
    readSecretKeys({ secretKeyText: undefined, earlierKeyTexts: [], dataDir })
  const ofVariables = (current: string, ...earlier: string[]): SecretKeys =>
    secretKeysOf({ current, earlier })!

  /** A desk with one of each kind of secret. */
  async function fill(keys: SecretKeys): Promise<void> {
    const department_id = randomUUID()
    await db.insertInto('department').values({ id: department_id, name: 'IT' }).execute()
    await db
      .insertInto('mailbox')
      .values({
        id: randomUUID(),
        address: 'it@desk.test',
        department_id,
        password_sealed: seal(keys, 'mailbox'),
        oauth_sealed: seal(keys, 'grant'),
      })
      .execute()
    await db
      .insertInto('sender')
      .values({
        department_id,
        from: 'IT <it@desk.test>',
        host: '127.0.0.1',
        port: 1,
        secure: false,
        password_sealed: seal(keys, 'sender'),
        dkim: jsonb({
          domain: 'desk.test',
          selector: 's',
          privateKeySealed: seal(keys, 'dkim'),
        }),
      })
      .execute()
    await writeAlertSettings(db, {
      ...noAlerts,
      webhook: { url: 'https://alerts.test/' },
      secretSealed: seal(keys, 'webhook'),
    })
  }
  /** Answers that were given to requests with an Idempotency-Key. */
  const answer = (keys: SecretKeys, count = 1) =>
    db
      .insertInto('idempotent_request')
      .values(
        Array.from({ length: count }, (_, i) => ({
          caller: 'user:1',
          key: randomUUID(),
          fingerprint: '',
          leased_until: new Date(),
          status: 201,
          answer: seal(keys, `answer ${i}`),
        })),
      )
      .execute()
  const answers = async (keys: SecretKeys): Promise<string[]> => {
    const kept = await db.selectFrom('idempotent_request').select('answer').execute()
    return kept.map(({ answer: sealed }) => unseal(keys, sealed!)).sort()
  }
  /** What the stored secrets read with these keys. */
  const read = async (keys: SecretKeys): Promise<string[]> =>
    (await sealedSecrets(db)).map(({ sealed }) => unseal(keys, sealed)).sort()
  const ALL = ['dkim', 'grant', 'mailbox', 'sender', 'webhook']

  const doctor = async (more: Record<string, string> = {}): Promise<Finding[]> => {
    const ran = await runCommand(
      ['doctor', '--json'],
      env({ TEMPORAL_ADDRESS: '127.0.0.1:1', ...more }),
    )
    return (JSON.parse(ran.stdout) as { findings: Finding[] }).findings.filter(({ about }) =>
      /\bkey\b/.test(about),
    )
  }

  it('makes a new key of DATA_DIR, seals every stored secret with it, and keeps the one before for what is signed', async () => {
    const running = kept()
    await fill(running)
    await answer(running, 1_200)
    const answered = await answers(running)
    const first = running.current
    const link = signPage(running, 'approval', { ticket: '1' }, new Date(Date.now() + DAY))
    const ran = await rotate()
    assert.equal(ran.code, 0, ran.said)
    assert.match(ran.said, /5 of 5 stored secrets were sealed anew; 5 open with the current key/)
    assert.match(ran.said, /1200 kept answers to requests were sealed anew/)
    assert.match(ran.said, /Earlier key [0-9a-f]{16}: links in mails need it until/)
    const keys = kept()
    assert.ok(!keys.current.equals(first))
    assert.deepEqual(keys.earlier, [first])
    assert.deepEqual(await read(onlyKey(keys.current)), ALL)
    assert.deepEqual(await answers(onlyKey(keys.current)), answered)
    await assert.rejects(read(onlyKey(first)), { code: 'secret-unreadable' })
    assert.equal(readSignedPage(keys, 'approval', link).state, 'good')
    assert.deepEqual(await read(running), ALL, 'a process that ran all the while')
    for (const file of [keyFile(dataDir), earlierKeysFile(dataDir)])
      assert.equal(fs.statSync(file).mode & 0o777, 0o600)
    const findings = await doctor()
    assert.deepEqual(
      findings.map(({ level, about }) => `${level} ${about}`),
      ['ok key', `ok earlier key ${fingerprintOf(first)}`],
    )
  })

  it('takes a key that it is given', async () => {
    await fill(kept())
    const file = path.join(dataDir, 'new')
    fs.writeFileSync(file, 'a key that somebody thought of\n')
    const ran = await rotate(['--take', file])
    assert.equal(ran.code, 0, ran.said)
    assert.equal(keptKeyText(dataDir), 'a key that somebody thought of')
    assert.deepEqual(await read(onlyKey(kept().current)), ALL)
    fs.writeFileSync(file, 'short\n')
    assert.equal((await rotate(['--take', file])).code, 64)
    assert.equal(keptKeyText(dataDir), 'a key that somebody thought of')
  })

  it('leaves everything readable when it is killed half way, and goes on with the key that it made', async () => {
    const first = kept().current
    await fill(kept())
    // Holds up what it does to the rows.
    const held = await db.pool.connect()
    try {
      await held.query('BEGIN; UPDATE mailbox SET last_uid = last_uid')
      const child = spawn(process.execPath, ['dist/cli.mjs', 'rotate-key'], {
        cwd: ROOT,
        env: { ...process.env, ...env() },
        stdio: 'ignore',
      })
      const ended = once(child, 'exit')
      await eventually('it waits for the rows', async () => {
        const { rowCount } = await db.pool.query(
          `SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'mailbox'::regclass`,
        )
        return rowCount !== 0
      })
      child.kill('SIGKILL')
      await ended
    } finally {
      await held.query('ROLLBACK')
      held.release()
    }
    const half = kept()
    assert.deepEqual(half.earlier, [first])
    assert.deepEqual(await read(half), ALL)
    assert.ok(
      (await doctor()).some(
        ({ level, about, advice }) =>
          level === 'warning' && /^earlier key/.test(about) && /rotate-key/.test(advice ?? ''),
      ),
    )
    await eventually('its connections are gone', async () => {
      const again = await rotate()
      if (again.code === 1) return false
      assert.match(again.said, /was not finished: it goes on/)
      return true
    })
    assert.ok(kept().current.equals(half.current), 'no third key')
    assert.deepEqual(await read(onlyKey(half.current)), ALL)
  })

  it('seals nothing with a key that a process does not know', async () => {
    await fill(kept())
    const known = kept().current
    const beat = (keys: string[]) =>
      db
        .insertInto('process_beat')
        .values({
          id: randomUUID(),
          kind: 'worker',
          host: 'elsewhere',
          pid: 7,
          keys,
          beat_at: new Date(Date.now() + DAY),
        })
        .execute()
    await beat([])
    const refused = await rotate()
    assert.equal(refused.code, 1)
    assert.match(refused.said, /not known to worker elsewhere:7\.\n.*Nothing was changed/)
    assert.deepEqual(kept().earlier, [])
    assert.ok((await doctor()).some(({ found }) => /worker elsewhere:7 does not know/.test(found)))
    // One that cannot read the file: SECRET_KEY is set for it, to the same key.
    await db.deleteFrom('process_beat').execute()
    await beat([fingerprintOf(known)])
    const late = await rotate()
    assert.equal(late.code, 1)
    assert.match(late.said, /nothing is sealed with the new key/)
    assert.deepEqual(await read(onlyKey(known)), ALL)
    assert.deepEqual(await read(kept()), ALL)
  })

  it('brings what is stored to the SECRET_KEY of the variables, and says how one gets there', async () => {
    const keys = ofVariables(FIRST)
    await fill(keys)
    const how = await rotate([], { SECRET_KEY: FIRST })
    assert.equal(how.code, 0, how.said)
    assert.match(how.said, /--make FILE/)
    const file = path.join(dataDir, 'next')
    assert.equal((await rotate(['--make', file])).code, 0)
    assert.equal(fs.statSync(file).mode & 0o777, 0o600)
    assert.equal((await rotate(['--make', file])).code, 64, 'a file that is there stays')
    // Neither of the two has to be written without its comma.
    const more = { SECRET_KEY: SECOND, SECRET_KEY_EARLIER: JSON.stringify([FIRST]) }
    const ran = await rotate([], more)
    assert.equal(ran.code, 0, ran.said)
    assert.deepEqual(await read(ofVariables(SECOND)), ALL)
    assert.ok(!fs.existsSync(keyFile(dataDir)), 'no key of DATA_DIR is made')
    const again = await rotate([], more)
    assert.match(again.said, /0 of 5 stored secrets/)
    const still = await rotate(['--forget'], more)
    assert.equal(still.code, 1)
    assert.match(still.said, /stays: links in mails need it until/)
  })

  it('refuses to begin with a key that opens nothing', async () => {
    await fill(ofVariables(FIRST))
    const wrong = await rotate([], { SECRET_KEY: SECOND })
    assert.equal(wrong.code, 1)
    assert.match(wrong.said, /None of 5 stored secrets opens.*Nothing was changed/)
    const none = await rotate()
    assert.equal(none.code, 1)
    assert.match(none.said, /no SECRET_KEY/)
    assert.ok(!fs.existsSync(keyFile(dataDir)))
    assert.deepEqual(await read(ofVariables(FIRST)), ALL)
  })

  it('forgets an earlier key when nothing needs it any more, and it opens nothing from then on', async () => {
    await fill(kept())
    const before = kept()
    const sealed = seal(before, 'of before')
    const first = fingerprintOf(before.current)
    assert.equal((await rotate()).code, 0)
    assert.equal((await rotate(['--forget'])).code, 1)
    assert.equal(unseal(kept(), sealed), 'of before')
    // As if two days had passed since.
    await db
      .updateTable('setting')
      .set({ value: jsonb({ [first]: new Date(Date.now() - 2 * DAY).toISOString() }) })
      .where('key', '=', 'secretKeyRotations')
      .execute()
    assert.ok(
      (await doctor()).some(
        ({ level, found }) => level === 'warning' && /nothing needs/.test(found),
      ),
    )
    // By a process that had the earlier key for longest.
    await answer(onlyKey(kept().earlier[0]!))
    const needed = await rotate(['--forget'])
    assert.equal(needed.code, 1)
    assert.match(needed.stdout, /stays: 1 kept answer to a request opens with it alone/)
    await db.deleteFrom('idempotent_request').execute()
    const forgot = await rotate(['--forget'])
    assert.equal(forgot.code, 0, forgot.said)
    assert.match(forgot.stdout, new RegExp(`^${first} is forgotten`))
    assert.deepEqual(kept().earlier, [])
    assert.throws(() => unseal(kept(), sealed), { code: 'secret-unreadable' })
    assert.ok(!fs.existsSync(earlierKeysFile(dataDir)))
    assert.deepEqual(await read(kept()), ALL)
  })

  it('never forgets a key that a stored secret opens with alone', async () => {
    await fill(kept())
    const first = kept()
    assert.equal((await rotate()).code, 0)
    await db
      .updateTable('mailbox')
      .set({ password_sealed: seal(onlyKey(kept().earlier[0]!), 'mailbox') })
      .execute()
    const kept_ = await rotate(['--forget', '--anyway'])
    assert.equal(kept_.code, 1)
    assert.match(kept_.stdout, /stays: the password of mailbox it@desk\.test opens with it alone/)
    assert.deepEqual(await read(first), ALL)
  })

  it('is carried by a backup: what was sealed with an earlier key opens after it is restored', async () => {
    await fill(kept())
    assert.equal((await rotate()).code, 0)
    await db
      .updateTable('mailbox')
      .set({ password_sealed: seal(onlyKey(kept().earlier[0]!), 'mailbox') })
      .execute()
    const keys = kept()
    const passphrase = { BACKUP_PASSPHRASE: 'thirty-one grey herons at dawn' }
    const file = path.join(dataDir, 'a.tar.gz')
    const backedUp = await runCommand(['backup', '-o', file], env(passphrase))
    assert.equal(backedUp.code, 0, backedUp.said)
    const target = absentDatabase()
    made.push(target)
    const elsewhere = path.join(dataDir, 'elsewhere')
    const restored = await runCommand(['restore', file], {
      DATABASE_URL: target.url,
      DATA_DIR: elsewhere,
      ...passphrase,
    })
    assert.equal(restored.code, 0, restored.said)
    const there = readSecretKeys({
      secretKeyText: undefined,
      earlierKeyTexts: [],
      dataDir: elsewhere,
    })
    assert.deepEqual(
      { current: there.current, earlier: there.earlier },
      { current: keys.current, earlier: keys.earlier },
    )
    assert.equal(fs.statSync(earlierKeysFile(elsewhere)).mode & 0o777, 0o600)
    const other = openDatabase(target.url, { connections: 1 })
    try {
      for (const { sealed } of await sealedSecrets(other)) unseal(there, sealed)
    } finally {
      await other.close()
    }
  })
})
