import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { persistEvents } from '../../../activities/projection/persist.ts'
import { loadTicket } from '../../../application/tickets/load-ticket.ts'
import { returnedText } from '../../../application/tickets/returned-texts.ts'
import { reject, type Rejection } from '../../../domain/command-rule.ts'
import { cut } from '../../../domain/cut.ts'
import { wellFormedText, wellFormedTexts } from '../../../domain/well-formed-text.ts'
import { isOfPeople, writtenIn } from '../../../domain/written-in.ts'
import { commands, notificationsOf } from '../../../domain/areas.ts'
import { commandNames, readCommand } from '../../../domain/command-schema.ts'
import type { Command, CommandName } from '../../../domain/commands.ts'
import type { UntruePremises } from '../../../workflows/ticket/activities.ts'
import type { Ticket } from '../../../domain/ticket.ts'
import { openDatabase, type OpenDatabase } from '../../../platform/postgres/database.ts'
import { decideBatch } from '../../../workflows/ticket/decisions.ts'
import { takeBatch } from '../../../workflows/ticket/inbox.ts'
import { arbitraryOf } from '../../domain/arbitrary.ts'
import { anyText } from '../../domain/arbitrary-text.ts'
import {
  agent,
  ANNA,
  IT,
  NOW,
  opening,
  openedTicket,
  received,
  requester,
  SAM,
} from '../../domain/given.ts'
import { type FreshDatabase, freshDatabase } from '../../harness/database.ts'

/** Runs for each command of the table. */
const RUNS = 12

describe('no text of a command can wedge a ticket', () => {
  let database: FreshDatabase
  let db: OpenDatabase
  let last = 1000

  before(async () => {
    database = await freshDatabase()
    const made = openDatabase(database.url, { connections: 1 })
    // Texts are at stake, not who and what they speak of: references are not checked.
    await made.pool.query(
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET session_replication_role = replica', current_database()); END $$`,
    )
    await made.close()
    db = openDatabase(database.url, { connections: 2 })
  })
  after(async () => {
    await db?.close()
    await database?.drop()
  })

  /** A signal's way: read at the border, decided, written. */
  async function carryOut(
    ticket: Ticket,
    name: CommandName,
    raw: unknown,
    refusal?: Rejection,
  ): Promise<Ticket> {
    const read = readCommand(name, raw)
    if ('code' in read) return ticket
    const item = { name, command: read, ...(refusal ? { refusal } : {}) }
    const batch = takeBatch([item], ticket.opened)
    const write = async (untrue: UntruePremises) => {
      const decided = decideBatch(ticket, batch, new Set(), NOW, untrue)
      const { events, outcomes, returned } = decided
      const written = await persistEvents(db, {
        ticket: decided.ticket,
        basedOn: ticket.version,
        events,
        notifications: notificationsOf({ before: ticket, after: decided.ticket, events }),
        outcomes,
        returned,
      })
      return { decided, written }
    }
    let { decided, written } = await write({})
    // What it names is not there: it is refused, as the workflow has it.
    if ('untrue' in written && written.untrue) ({ decided, written } = await write(written.untrue))
    assert.ok(
      !('unwritable' in written),
      `${name}: ${'unwritable' in written ? written.unwritable : ''}`,
    )
    assert.ok(written.written)
    const stored = await loadTicket(db, ticket.number)
    assert.deepEqual(stored, JSON.parse(JSON.stringify(decided.ticket)))
    return decided.ticket
  }

  async function opened(): Promise<Ticket> {
    const number = ++last
    const unopened: Ticket = { ...openedTicket(), number, version: 0, opened: false }
    return carryOut({ ...unopened, ...(await loadTicket(db, number)) }, 'mailReceived', {
      id: 'open',
      actor: requester,
      payload: { message: { ...received(), from: ANNA }, opening: { ...opening, department: IT } },
    })
  }

  /** What was written with it is there whole, for whoever wrote it. */
  async function isGivenBack(number: number, name: CommandName, command: Command): Promise<void> {
    const { texts = [] } = writtenIn(name, wellFormedTexts(command.payload)) ?? {}
    const returned = await returnedText(db, number, wellFormedText(command.id), SAM.id)
    assert.deepEqual(returned?.texts ?? [], texts, name)
  }
  const refusal = reject('version-outdated', 'Somebody changed this ticket meanwhile.')

  for (const name of commandNames)
    it(`${name}: any text in it is written, and read back as it was decided, or given back when it is refused`, async () => {
      let n = 0
      await fc.assert(
        fc.asyncProperty(
          arbitraryOf(commands[name].payload, anyText),
          anyText,
          anyText,
          async (payload, id, by) => {
            const command = {
              id: `${++n} ${id}`,
              actor: { ...agent, name: cut(by, 200) },
              payload,
            } as unknown as Command
            const from = opens(name) ? { ...(await loadTicket(db, ++last)) } : await opened()
            await carryOut(from, name, command)
            if (!isOfPeople(name)) return
            const refused = { ...command, id: 'refused' }
            const other = await opened()
            await carryOut(other, name, refused, refusal)
            await isGivenBack(other.number, name, refused)
          },
        ),
        { numRuns: RUNS, endOnFailure: true },
      )
    })

  const opens = (name: CommandName): boolean => name === 'openTicket' || name === 'openSplit'
})
