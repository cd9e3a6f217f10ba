// A worker that delivers what waits, as a process of its own, so that a test can kill it.
// Arguments: database URL, how many at once.
import { pino } from 'pino'
import { deliver } from '../../../activities/mail-out/deliver.ts'
import { MessageLocks } from '../../../activities/mail-out/delivery-locks.ts'
import { SmtpSessions } from '../../../activities/mail-out/smtp-pool.ts'
import { databaseBlobs } from '../../../platform/postgres/blobs.ts'
import { openDatabase } from '../../../platform/postgres/database.ts'
import { SECRET_KEYS } from './desk.ts'

const [url, atOnce] = [process.argv[2]!, Number(process.argv[3])]
const db = openDatabase(url, { connections: 8 })
const worker = {
  db,
  blobs: databaseBlobs(db),
  secretKeys: SECRET_KEYS,
  log: pino({ level: 'silent' }),
  locks: new MessageLocks(db.pool),
  sessions: new SmtpSessions(),
}

const { rows } = await db.pool.query<{ id: string; ticket_number: number }>(
  `SELECT id, ticket_number FROM message WHERE direction = 'outbound' AND state <> 'sent' ORDER BY created_at`,
)
console.log('begins')
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    for (let message = rows.shift(); message; message = rows.shift()) {
      const order = { ticketNumber: message.ticket_number, messageId: message.id }
      // What the workflow does: a doubtful outcome is tried once more.
      const { outcome } = await deliver(worker, order)
      if (outcome === 'doubtful') await deliver(worker, order)
    }
  }),
)
worker.sessions.close()
await db.close()
