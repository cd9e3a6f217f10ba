import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { approval } from '../../../domain/approvals/contract.ts'
import { decidedFrom, decision } from '../../../domain/approvals/vocabulary.ts'
import { assetHistoryEntry, confirmation } from '../../../domain/assets/contract.ts'
import { assetStatus, confirmationKind, documentKind } from '../../../domain/assets/vocabulary.ts'
import { fieldKind } from '../../../domain/classification/custom-fields.ts'
import { message, outboxItem } from '../../../domain/conversation/contract.ts'
import { alertChannel, processKind } from '../../../domain/health/vocabulary.ts'
import { locationKind } from '../../../domain/locations/vocabulary.ts'
import { mailbox, mailboxStatus } from '../../../domain/mail-in/contract.ts'
import { notificationLevels } from '../../../domain/notifications.ts'
import { setupOffer } from '../../../domain/people/contract.ts'
import { purchaseState } from '../../../domain/purchases/contract.ts'
import { taskStatus } from '../../../domain/tasks/state.ts'
import { ticketJobKinds } from '../../../domain/ticket-jobs.ts'
import { linkKind, priority, role, ticketStatus } from '../../../domain/vocabulary.ts'
import { openDatabase, type OpenDatabase } from '../../../platform/postgres/database.ts'
import { unwrittenEnds } from '../../../domain/tickets/unwritten-command.ts'
import * as generated from '../../../prisma/generated/database.ts'
import { type FreshDatabase, freshDatabase } from '../../harness/database.ts'

/** The domain's words for each enum of the database. */
const ofDomain: Record<string, readonly string[]> = {
  AlertChannel: alertChannel.options,
  ApprovalState: approval.shape.state.options,
  AssetChange: assetHistoryEntry.shape.change.options,
  AssetStatus: assetStatus.options,
  ConfirmationKind: confirmationKind.options,
  ConfirmationState: confirmation.shape.state.options,
  DecidedVia: decidedFrom.shape.via.options,
  Decision: decision.options,
  DeliveryState: message.shape.state.options,
  Direction: message.shape.direction.options,
  DocumentKind: documentKind.options,
  FieldKind: fieldKind.options,
  LinkKind: linkKind.options,
  LocationKind: locationKind.options,
  MailOutcome: Object.keys(mailbox.shape.ledger.shape).filter((end) => end !== 'waiting'),
  MailboxStatus: mailboxStatus.options,
  NotificationLevel: notificationLevels,
  Priority: priority.options,
  ProcessKind: processKind.options,
  PurchaseStatus: purchaseState.options,
  Role: role.options,
  SenderKind: outboxItem.shape.via.unwrap().options,
  SetupPurpose: setupOffer.shape.purpose.options,
  TaskStatus: taskStatus.options,
  TicketJobKind: ticketJobKinds,
  TicketStatus: ticketStatus.options,
  UnwrittenEnd: unwrittenEnds,
}

/** The ledger of mails has them for itself: nothing but the schema declares them. */
const ofLedger = ['MailSource', 'MailState']

describe('an enum of the database', () => {
  let database: FreshDatabase
  let db: OpenDatabase
  const stored = new Map<string, string[]>()
  before(async () => {
    database = await freshDatabase()
    db = openDatabase(database.url, { connections: 1 })
    const { rows } = await db.pool.query<{ name: string; words: string[] }>(
      `SELECT t.typname AS name, array_agg(e.enumlabel::text ORDER BY e.enumsortorder) AS words
       FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid GROUP BY 1`,
    )
    for (const { name, words } of rows) stored.set(name, words)
  })
  after(async () => {
    await db?.close()
    await database?.drop()
  })

  it('is one that the schema declares, with the same words in the same order', () => {
    const declared = Object.entries(generated).map(
      ([name, words]) => [name, Object.values(words)] as const,
    )
    assert.deepEqual(Object.fromEntries(stored), Object.fromEntries(declared))
  })

  it('is one that the domain has, unless the ledger of mails has it for itself', () => {
    assert.deepEqual([...stored.keys()].sort(), [...Object.keys(ofDomain), ...ofLedger].sort())
  })

  for (const [name, words] of Object.entries(ofDomain))
    it(`has the domain’s words: ${name}`, () => {
      assert.deepEqual(stored.get(name)?.toSorted(), words.toSorted())
    })
})

describe('a text column with words of the domain', () => {
  it('is one to which words are added often: commands, events, notifications and what may be wrong', () => {
    const folder = fileURLToPath(new URL('../../../prisma/schema/', import.meta.url))
    const columns = fs
      .readdirSync(folder)
      .flatMap((file) => [
        ...fs
          .readFileSync(path.join(folder, file), 'utf8')
          .matchAll(/@kyselyType\(import\('([^']+)'\)\.(\w+)\)\n +\w+ +String/g),
      ])
      .map(([, , type]) => type)
    assert.deepEqual([...new Set(columns)].sort(), [
      'CommandName',
      'EventType',
      'HealthReason',
      'NotificationKind',
    ])
  })
})
