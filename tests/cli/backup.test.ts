import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import pg from 'pg'
import tar from 'tar-stream'
import { rebuildProjection } from '../../activities/projection/rebuild.ts'
import { readArchive } from '../../cli/backup/archive-reader.ts'
import type { Manifest } from '../../cli/backup/contract.ts'
import { restore } from '../../cli/backup/restore.ts'
import { Snapshot } from '../../cli/backup/snapshot.ts'
import { TableDigest } from '../../cli/backup/table-digest.ts'
import { withEmbedded } from '../../cli/database.ts'
import { postgresFolder } from '../../scripts/launch/installation.mjs'
import { packageNote } from '../../scripts/launch/postgres.mjs'
import { openDatabase } from '../../platform/postgres/database.ts'
import { ApiDesk } from '../api/support/api-desk.ts'
import { MailDesk } from '../api/support/mail-desk.ts'
import { absentDatabase, freshDatabase, type FreshDatabase } from '../harness/database.ts'
import { eventually } from '../harness/eventually.ts'
import { runCommand } from './run-command.ts'

const KEY = 'a key for tests, and for nothing else'
const PASSPHRASE = 'thirty-one grey herons at dawn'

describe('npm run backup and npm run restore', { concurrency: false }, () => {
  let desk: ApiDesk
  let folder: string
  /** A good backup, with the key in clear. */
  let file: string
  const made: FreshDatabase[] = []

  /** A database that is not there yet, removed after the tests. */
  const absent = (): string => {
    const database = absentDatabase()
    made.push(database)
    return database.url
  }
  const env = (databaseUrl: string, more: Record<string, string> = {}) => ({
    DATABASE_URL: databaseUrl,
    DATA_DIR: path.join(folder, 'nothing-here'),
    SECRET_KEY: KEY,
    ...more,
  })
  const backUp = async (file: string, more: Record<string, string> = {}, args: string[] = []) => {
    const ran = await runCommand(['backup', '-o', file, ...args], env(desk.databaseUrl, more))
    assert.equal(ran.code, 0, ran.said)
    return ran
  }

  before(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'guichet-backup-'))
    desk = await ApiDesk.open()
    const department = await desk.department('IT')
    const mail = await MailDesk.open(desk, department.id)
    for (let i = 0; i < 5; i++)
      await mail.take({
        from: 'Anna Weber <anna@client.example>',
        subject: `Größe \\N and \\. und "Tab"\t${i} 😀`,
        text: 'One\\line\r\nand another\\.\r\n\\.\r\n',
        attachments: [
          // Of several parts of an archive, and with every byte there is.
          {
            filename: 'photo',
            contentType: 'image/jpeg',
            bytes: randomBytes(i < 2 ? 3_000_000 : 3_000),
          },
        ],
      })
    file = path.join(folder, 'good.tar.gz')
    await backUp(file)
  })
  after(async () => {
    await desk?.close()
    for (const database of made) await database.drop()
    fs.rmSync(folder, { recursive: true, force: true })
  })

  it('brings back every row of every table as it was, into a database that was not there', async () => {
    const file = path.join(folder, 'whole.tar.gz')
    const made = await backUp(file, { BACKUP_PASSPHRASE: PASSPHRASE }, ['--verify'])
    assert.match(made.said, /Written and read back.*\n.*sealed with BACKUP_PASSPHRASE.*\n.*whole/)
    assert.equal(fs.statSync(file).mode & 0o777, 0o600)
    const url = absent()
    const restored = await runCommand(['restore', file], env(url))
    assert.equal(restored.code, 0, restored.said)
    const { checks, manifest } = await readArchive(file)
    const digests = await digestsOf(url, manifest)
    for (const { name } of manifest.tables)
      // `reconcile` is to find that Temporal's store belongs to another log; processes of then are gone.
      if (!['setting', 'process_beat'].includes(name))
        assert.deepEqual(digests[name], checks.tables[name], name)
    assert.equal(checks.tables['mail']?.rows, 5)
    assert.equal(await nextTicket(url), await nextTicket(desk.databaseUrl))
    for (const said of [made.said, restored.said]) {
      assert.ok(!said.includes(KEY), 'the key is not said')
      assert.ok(!said.includes(PASSPHRASE), 'the passphrase is not said')
    }
  })

  it('takes a database that has been migrated and is otherwise empty', async () => {
    const database = await freshDatabase()
    made.push(database)
    const restored = await runCommand(['restore', file], env(database.url))
    assert.equal(restored.code, 0, restored.said)
    assert.equal(await count(database.url, 'mail'), 5)
  })

  it('has references, functions and triggers again afterwards', async () => {
    const url = absent()
    assert.equal((await runCommand(['restore', file], env(url))).code, 0)
    assert.deepEqual(await schemaOf(url), await schemaOf(desk.databaseUrl))
  })

  it('is of one moment, while tickets are written', async () => {
    const file = path.join(folder, 'moment.tar.gz')
    let writing = true
    let written = 0
    const department = await desk.department('HR')
    const write = async (): Promise<void> => {
      for (let i = 0; writing; i++) {
        const { number } = await desk.admin.client.post<{ number: number }>('/tickets', {
          departmentId: department.id,
          requester: { email: `p${i}@client.example` },
          subject: 'While it runs',
          text: 'Hello',
        })
        await desk.admin.client.post(`/tickets/${number}/notes`, { text: 'And a note' })
        await desk.admin.client.patch(`/tickets/${number}`, { priority: 'high' })
        written++
      }
    }
    const writers = [write(), write(), write()]
    await eventually('tickets are written', () => written > 0)
    await backUp(file)
    writing = false
    await Promise.all(writers)
    const url = absent()
    const restored = await runCommand(['restore', file], env(url))
    assert.equal(restored.code, 0, restored.said)
    const db = openDatabase(url, { connections: 1 })
    try {
      // Log and projection are written together: of two moments they would differ.
      const { differing } = await rebuildProjection(db, {
        check: true,
        found: (differences) => {
          assert.fail(JSON.stringify(differences))
        },
        failed: (_ticket, error) => {
          throw error
        },
        progress: () => undefined,
      })
      assert.equal(differing, 0)
      const highest = await db
        .selectFrom('ticket')
        .select((eb) => eb.fn.max('number').as('number'))
        .executeTakeFirstOrThrow()
      assert.ok((await nextTicket(url)) > highest.number)
    } finally {
      await db.close()
    }
  })

  it('refuses a database that has rows, and replaces them only when told to', async () => {
    const url = absent()
    assert.equal((await runCommand(['restore', file], env(url))).code, 0)
    const marked = `UPDATE department SET name = 'changed since' WHERE name = 'IT'`
    await onDatabase(url, (client) => client.query(marked))
    const refused = await runCommand(['restore', file], env(url))
    assert.equal(refused.code, 1)
    assert.match(refused.said, /not empty.*--replace/)
    assert.equal(await count(url, `department WHERE name = 'changed since'`), 1)
    const replaced = await runCommand(['restore', file, '--replace'], env(url))
    assert.equal(replaced.code, 0, replaced.said)
    assert.equal(await count(url, `department WHERE name = 'changed since'`), 0)
    assert.equal(await count(url, 'mail'), 5)
  })

  it('refuses a database of somebody else, and one that is in use', async () => {
    const inUse = await onDatabase(desk.databaseUrl, () =>
      runCommand(['restore', file, '--replace'], env(desk.databaseUrl)),
    )
    assert.equal(inUse.code, 1)
    assert.match(inUse.said, /other connections use this database/)
    const url = absent()
    assert.equal((await runCommand(['restore', file], env(url))).code, 0)
    await onDatabase(url, (client) =>
      client.query('ALTER TABLE ticket_event RENAME TO somebody_elses'),
    )
    const refused = await runCommand(['restore', file, '--replace'], env(url))
    assert.equal(refused.code, 1)
    assert.match(refused.said, /not of Guichet/)
    assert.equal(await count(url, 'mail'), 5)
  })

  it('changes nothing for a file that is damaged, cut off, changed or no backup', async () => {
    const good = fs.readFileSync(file)
    const url = absent()
    const faults: Record<string, Buffer> = {
      'cut off in the middle': good.subarray(0, Math.floor(good.length / 2)),
      'without its last bytes': good.subarray(0, good.length - 20),
      'one byte changed': flipped(good, Math.floor(good.length * 0.6)),
      'no archive at all': randomBytes(5_000),
      'an empty file': Buffer.alloc(0),
      'another archive': gzipSync(await archiveOf({ 'readme.txt': Buffer.from('Hello') })),
      'without its end': gzipSync(await changed(good, (entries) => delete entries['checks.json'])),
      'a part that is missing': gzipSync(
        await changed(good, (entries) => delete entries['tables/blob/000002.copy']),
      ),
      'a row that was changed': gzipSync(
        await changed(good, (entries) => {
          const name = 'tables/department/000001.copy'
          entries[name] = Buffer.from(entries[name]!.toString('utf8').replace('IT', 'AT'))
        }),
      ),
    }
    const bad = path.join(folder, 'bad.tar.gz')
    for (const [fault, bytes] of Object.entries(faults)) {
      fs.writeFileSync(bad, bytes)
      await assert.rejects(readArchive(bad), { code: 'backup-unusable' }, fault)
    }
    for (const fault of ['cut off in the middle', 'a row that was changed']) {
      fs.writeFileSync(bad, faults[fault]!)
      const refused = await runCommand(['restore', bad], env(url))
      assert.equal(refused.code, 1, `${fault}: ${refused.said}`)
      assert.doesNotMatch(refused.said, /\n\s+at /, `${fault}: a sentence, no stack`)
      await assert.rejects(count(url, 'mail'), /does not exist/, `${fault}: nothing was made`)
    }
  })

  it('refuses a backup of a newer version, of unknown migrations, and of an unknown form', async () => {
    const good = fs.readFileSync(file)
    const url = absent()
    const cases: [RegExp, (manifest: Manifest) => void][] = [
      [/made by Guichet 999\.0\.0/, (manifest) => (manifest.version = '999.0.0')],
      [
        /newer Guichet: it knows the migration/,
        (manifest) => manifest.migrations.push({ name: '29991231000000_later', sha256: 'x' }),
      ],
      [/is another one than/, (manifest) => (manifest.migrations[0]!.sha256 = 'x')],
      [/in a form that is not known/, (manifest) => (manifest.format = 2)],
    ]
    for (const [sentence, change] of cases) {
      const bad = path.join(folder, 'newer-changed.tar.gz')
      fs.writeFileSync(bad, gzipSync(await withManifest(good, change)))
      await assert.rejects(restore.run({ options: { check: true }, words: [bad] }), sentence)
    }
    const refused = await runCommand(
      ['restore', path.join(folder, 'newer-changed.tar.gz')],
      env(url),
    )
    assert.equal(refused.code, 1)
    await assert.rejects(count(url, 'mail'), /does not exist/)
  })

  it('gives the key back only to who has the passphrase, and says when it is in clear', async () => {
    const [sealed, clear, without] = ['sealed', 'clear', 'without'].map((name) =>
      path.join(folder, `key-${name}.tar.gz`),
    ) as [string, string, string]
    await backUp(sealed, { BACKUP_PASSPHRASE: PASSPHRASE })
    assert.match((await backUp(clear)).said, /IN CLEAR/)
    assert.match((await backUp(without, {}, ['--without-key'])).said, /not in it/)
    assert.ok(!gunzipSync(fs.readFileSync(sealed)).includes(KEY))
    assert.ok(gunzipSync(fs.readFileSync(clear)).includes(KEY))
    assert.ok(!gunzipSync(fs.readFileSync(without)).includes(KEY))

    const keyFile = path.join(folder, 'the.key')
    const args = ['restore', sealed, '--key-file', keyFile]
    const url = absent()
    for (const given of [{}, { BACKUP_PASSPHRASE: 'another one entirely' }] as Record<
      string,
      string
    >[]) {
      const refused = await runCommand(args, env(url, given))
      assert.equal(refused.code, 1)
      assert.match(refused.said, /passphrase/)
      assert.ok(!fs.existsSync(keyFile))
    }
    const other = await runCommand(
      ['restore', sealed],
      env(url, { SECRET_KEY: 'a key that is another one', BACKUP_PASSPHRASE: PASSPHRASE }),
    )
    assert.equal(other.code, 1)
    assert.match(other.said, /SECRET_KEY is another key/)
    await assert.rejects(count(url, 'mail'), /does not exist/)
    const restored = await runCommand(args, env(url, { BACKUP_PASSPHRASE: PASSPHRASE }))
    assert.equal(restored.code, 0, restored.said)
    assert.equal(fs.readFileSync(keyFile, 'utf8').trim(), KEY)
    assert.equal(fs.statSync(keyFile).mode & 0o777, 0o600)
  })

  it('carries the embedded database over from a PostgreSQL of before, and says how when that is nowhere', async () => {
    const dataDir = path.join(folder, 'embedded')
    const own = { DATA_DIR: dataDir, SECRET_KEY: KEY, DATABASE_URL: '' }
    const restored = await runCommand(['restore', file], own)
    assert.equal(restored.code, 0, restored.said)
    const already = await runCommand(['upgrade-postgres'], own)
    assert.match(already.said, /already/)
    // The same server, by programs that call themselves another version's and work on its files alone.
    const cluster = path.join(dataDir, 'postgres')
    // A version that no machine has by that name.
    const [version, before] = [fs.readFileSync(path.join(cluster, 'PG_VERSION'), 'utf8'), '9']
    fs.writeFileSync(path.join(cluster, 'PG_VERSION'), `${before}\n`)
    const programs = path.join(folder, 'of-before')
    fs.mkdirSync(path.join(programs, 'bin'), { recursive: true })
    fs.writeFileSync(
      path.join(programs, 'bin/postgres'),
      `#!/bin/sh
[ "$1" = --version ] && { echo 'postgres (PostgreSQL) ${before}.1'; exit 0; }
printf '${version.trim()}\\n' > "$2/PG_VERSION"
exec '${path.join(postgresFolder(), 'bin/postgres')}' "$@"
`,
      { mode: 0o755 },
    )
    fs.rmSync(packageNote(dataDir))

    for (const args of [['backup'], ['doctor']]) {
      const refused = await runCommand(args, own)
      assert.match(refused.said, /made by PostgreSQL \d+.*\n.*npm run upgrade-postgres/, args[0])
    }
    const nowhere = await runCommand(['upgrade-postgres'], own)
    assert.equal(nowhere.code, 1)
    assert.match(nowhere.said, /is not on this machine. Nothing was changed.*\n.*\n.*--from FOLDER/)
    assert.equal(fs.readFileSync(path.join(cluster, 'PG_VERSION'), 'utf8').trim(), before)

    const upgraded = await runCommand(['upgrade-postgres', '--from', programs], own)
    assert.equal(upgraded.code, 0, upgraded.said)
    assert.match(upgraded.said, /is one of PostgreSQL \d+ now/)
    assert.ok(fs.existsSync(`${cluster}.${before}/PG_VERSION`), 'what was there is kept')
    const { manifest, checks } = await readArchive(file)
    const digests = await withEmbedded(dataDir, (url) => digestsOf(url, manifest))
    for (const { name } of manifest.tables)
      if (!['setting', 'process_beat'].includes(name))
        assert.deepEqual(digests[name], checks.tables[name], name)

    // Killed between the two moves: a start would make an empty database, and must not.
    const aside = path.join(dataDir, 'postgres.upgrade')
    fs.mkdirSync(aside)
    fs.renameSync(cluster, path.join(aside, 'postgres'))
    fs.copyFileSync(packageNote(dataDir), packageNote(aside))
    fs.writeFileSync(path.join(aside, 'finished'), before)
    await assert.rejects(
      withEmbedded(dataDir, async () => assert.fail('no database is made')),
      /was interrupted at its end/,
    )
    const finished = await runCommand(['upgrade-postgres'], own)
    assert.equal(finished.code, 0, finished.said)
    assert.equal(await withEmbedded(dataDir, (url) => count(url, 'mail')), 5)
  })

  it('leaves nothing behind that looks like a backup when it cannot be finished', async () => {
    const target = path.join(folder, 'unfinished')
    fs.mkdirSync(target)
    const failed = await runCommand(
      ['backup', '-o', target],
      env('postgresql://nobody:wrong@127.0.0.1:1/none'),
    )
    assert.equal(failed.code, 1)
    assert.ok(!failed.said.includes('wrong'), 'no password is said')
    assert.deepEqual(fs.readdirSync(target), [])
  })
})

async function onDatabase<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

const count = (url: string, from: string): Promise<number> =>
  onDatabase(url, async (client) => {
    const { rows } = await client.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${from}`)
    return rows[0]!.n
  })

const nextTicket = (url: string): Promise<number> =>
  onDatabase(url, async (client) => {
    const { rows } = await client.query<{ n: string }>(
      'SELECT last_value + 1 AS n FROM ticket_number',
    )
    return Number(rows[0]!.n)
  })

async function digestsOf(url: string, { tables }: Manifest) {
  const snapshot = await Snapshot.open(url)
  try {
    const digests: Record<string, TableDigest['result']> = {}
    for (const table of tables) {
      const digest = new TableDigest()
      for await (const chunk of snapshot.rows(table)) digest.add(chunk)
      digests[table.name] = digest.result
    }
    return digests
  } finally {
    await snapshot.close()
  }
}

/** Constraints, indexes, functions, triggers and columns, in words. */
const schemaOf = (url: string): Promise<string[]> =>
  onDatabase(url, async (client) => {
    const { rows } = await client.query<{ line: string }>(
      `SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) AS line
         FROM pg_constraint WHERE connamespace = 'public'::regnamespace
       UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
       UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
       UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
       UNION ALL SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '')
         FROM information_schema.columns WHERE table_schema = 'public'
       ORDER BY line`,
    )
    return rows.map(({ line }) => line)
  })

const flipped = (bytes: Buffer, at: number): Buffer => {
  const copy = Buffer.from(bytes)
  copy[at] = copy[at]! ^ 0xff
  return copy
}

async function changed(
  archive: Buffer,
  change: (entries: Record<string, Buffer>) => unknown,
): Promise<Buffer> {
  const entries: Record<string, Buffer> = {}
  const extract = tar.extract()
  extract.end(gunzipSync(archive))
  for await (const entry of extract) {
    const chunks: Buffer[] = []
    for await (const chunk of entry) chunks.push(chunk as Buffer)
    entries[entry.header.name] = Buffer.concat(chunks)
  }
  change(entries)
  return archiveOf(entries)
}

const withManifest = (archive: Buffer, change: (manifest: Manifest) => unknown): Promise<Buffer> =>
  changed(archive, (entries) => {
    const manifest = JSON.parse(entries['manifest.json']!.toString('utf8')) as Manifest
    change(manifest)
    entries['manifest.json'] = Buffer.from(JSON.stringify(manifest))
    const checks = JSON.parse(entries['checks.json']!.toString('utf8')) as {
      manifestSha256: string
    }
    checks.manifestSha256 = createHash('sha256').update(entries['manifest.json']).digest('hex')
    entries['checks.json'] = Buffer.from(JSON.stringify(checks))
  })

async function archiveOf(entries: Record<string, Buffer>): Promise<Buffer> {
  const pack = tar.pack()
  for (const [name, content] of Object.entries(entries)) pack.entry({ name }, content)
  pack.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of pack) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
