import { Client, Connection } from '@temporalio/client'
import { sql } from 'kysely'
import type { Command, CommandName, CommandPayload } from '../../domain/commands.ts'
import type { SlaPlan } from '../../domain/sla/plan.ts'
import { type Actor, SYSTEM } from '../../domain/vocabulary.ts'
import { type Database, openDatabase } from '../../platform/postgres/database.ts'
import { readSlaSettings } from '../../application/sla/settings.ts'
import { planFor } from '../../domain/sla/plan.ts'
import { signalTicket } from '../../application/tickets/ticket-workflow.ts'
import type { StartFacts } from '../../domain/ticket.ts'
import { personOf, subjectOf } from './corpus-texts.ts'
import type { Desk } from './desk.ts'
import type { Servers } from './servers.ts'
import { seededRandom } from './statistics.ts'

const IN_FLIGHT = 64
const SAY_EVERY_MS = 10_000

export interface WaitingDepartment {
  id: string
  name: string
}

/**
 * A department that reminds its requesters after three days and closes after ten, and promises a
 * first response and a solution.
 */
export async function openWaitingDepartment(desk: Desk): Promise<WaitingDepartment> {
  const name = 'Bench waiting'
  const id = await desk.openDepartment(name)
  await desk.api.put(`/departments/${id}/waiting`, { reminders: [3 * 1440], closeAfter: 10 * 1440 })
  await desk.api.post('/service-levels', {
    name,
    departmentId: id,
    firstResponse: 480,
    resolution: 2880,
  })
  return { id, name }
}

/**
 * Sends what opens tickets, gives them their service level and sets them waiting, all as signals to
 * workflows of their own. To be called while no worker runs: then each ticket needs one workflow
 * task for the three.
 * @returns the tickets' numbers.
 */
export async function orderWaitingTickets(
  { temporalAddress, namespace, databaseUrl }: Servers,
  count: number,
  department: WaitingDepartment,
  say: (line: string) => void,
): Promise<number[]> {
  const db = openDatabase(databaseUrl, { connections: 1 })
  const connection = await Connection.connect({ address: temporalAddress })
  const client = new Client({ connection, namespace })
  const random = seededRandom(815)
  try {
    const numbers = await db
      .selectFrom(sql`generate_series(1, ${count}::int)`.as('taken'))
      .select(sql<number>`nextval('ticket_number')::int`.as('number'))
      .execute()
    const settings = await readSlaSettings(db, await slaRevision(db), Date.now())
    const orders = numbers.map(({ number }) => ({
      number,
      requester: personOf(random),
      subject: subjectOf(random),
    }))
    const report = progress(count, (done) => {
      say(`${done} of ${count} tickets ordered`)
    })
    let next = 0
    const send = async (): Promise<void> => {
      for (let one = orders[next++]; one; one = orders[next++]) {
        const {
          number,
          subject,
          requester: { address: email, name },
        } = one
        await order(
          client,
          {
            number,
            resume: false,
            subject,
            department: department.name,
            priority: 'normal',
            requesterEmail: email,
          },
          { subject, requester: { email, name }, department, priority: 'normal', channel: 'api' },
          planFor(settings, email),
        )
        report()
      }
    }
    await Promise.all(Array.from({ length: IN_FLIGHT }, send))
    return orders.map(({ number }) => number)
  } finally {
    await connection.close()
    await db.close()
  }
}

async function order(
  client: Client,
  facts: StartFacts,
  opening: CommandPayload<'openTicket'>,
  plan: SlaPlan | null,
): Promise<void> {
  const send = <N extends CommandName>(
    name: N,
    actor: Actor,
    payload: CommandPayload<N>,
  ): Promise<void> =>
    signalTicket(client, facts, name, {
      id: `bench-${facts.number}-${name}`,
      actor,
      payload,
    } as Command)
  await send('openTicket', { kind: 'requester', ...opening.requester }, opening)
  await send('setSlaPlan', SYSTEM, { plan })
  await send('changeStatus', SYSTEM, { status: 'waiting', reason: 'agent' })
}

/**
 * Until every one of them waits, with the revision of the settings that their plans were made from.
 * @returns seconds from the call.
 * @throws when it takes longer than is to be expected of that many.
 */
export async function allWaiting(
  db: Database,
  numbers: readonly number[],
  say: (line: string) => void,
): Promise<number> {
  const begun = performance.now()
  const timeout = 120_000 + numbers.length * 200
  const report = progress(numbers.length, (done) => {
    say(`${done} of ${numbers.length} tickets wait`)
  })
  for (;;) {
    const { count } = await db
      .selectFrom('ticket')
      .select(sql<number>`count(*)::int`.as('count'))
      .where('status', '=', 'waiting')
      .where((eb) => eb.between('number', numbers[0] ?? 0, numbers.at(-1) ?? 0))
      .executeTakeFirstOrThrow()
    if (count === numbers.length) return (performance.now() - begun) / 1000
    report(count)
    if (performance.now() - begun > timeout)
      throw new Error(
        `Only ${count} of ${numbers.length} tickets wait after ${Math.round(timeout / 1000)} s`,
      )
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

/** @returns to be called with how many are done, or once for each; says so now and then. */
function progress(total: number, say: (done: number) => void): (done?: number) => void {
  let count = 0
  let next = performance.now() + SAY_EVERY_MS
  return (done = count + 1) => {
    count = done
    if (performance.now() < next || count === total) return
    next = performance.now() + SAY_EVERY_MS
    say(count)
  }
}

/**
 * While tickets bring their plan with them, none is put to them.
 * @param revision of the settings, to let planning go on: these tickets are at it already.
 */
export async function holdPlanning(db: Database, revision = 0): Promise<void> {
  if (revision > 0) await db.updateTable('ticket').set({ sla_revision: revision }).execute()
  await db.updateTable('sla_revision').set({ revision }).execute()
}

/** The revision of the settings that tickets are planned by. */
export async function slaRevision(db: Database): Promise<number> {
  const row = await db.selectFrom('sla_revision').select('revision').executeTakeFirst()
  return row?.revision ?? 0
}
