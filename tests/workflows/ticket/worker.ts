import { randomUUID } from 'node:crypto'
import { TestWorkflowEnvironment } from '@temporalio/testing'
import { DefaultLogger, Runtime } from '@temporalio/worker'
import type { Client } from '@temporalio/client'
import { projectionActivities } from '../../../activities/projection/index.ts'
import { type OpenDatabase, openDatabase } from '../../../platform/postgres/database.ts'
import { TASK_QUEUE } from '../../../platform/temporal/connection.ts'
import { slaActivities } from '../../../activities/sla/index.ts'
import { ticketJobActivities } from '../../../activities/tickets/ticket-jobs.ts'
import type {
  DeliveryActivities,
  TicketJobActivities,
} from '../../../workflows/ticket/activities.ts'
import { ANSWER_CHANNELS, CommandAnswers } from '../../../application/tickets/command-answers.ts'
import { signalTicket } from '../../../application/tickets/ticket-workflow.ts'
import { loadTicket } from '../../../application/tickets/load-ticket.ts'
import {
  type ExecuteCommand,
  TicketCommands,
} from '../../../application/tickets/ticket-commands.ts'
import type { CommandPayload } from '../../../domain/commands.ts'
import type { Ticket } from '../../../domain/ticket.ts'
import type { Role } from '../../../domain/vocabulary.ts'
import { ListenConnection } from '../../../platform/postgres/listen-connection.ts'
import { ANNA, received, requester } from '../../domain/given.ts'
import { freshDatabase } from '../../harness/database.ts'
import { eventually } from '../../harness/eventually.ts'
import { workflowBundle } from '../../harness/workflow-bundle.ts'
import { Workers } from '../../../worker/workers.ts'
import { onlyKey } from '../../../platform/secrets/secret-keys.ts'

export interface TicketWorker {
  client: Client
  db: OpenDatabase
  /** Whose tickets they are. */
  department: { id: string; name: string }
  /** What a ticket is opened with. */
  opening: NonNullable<CommandPayload<'mailReceived'>['opening']>
  /** Lets time pass on the server's clock. */
  sleep: (duration: string) => Promise<void>
  /** The server's clock, in milliseconds since 1970. */
  now: () => Promise<number>
  /** Opens a ticket by a mail, and waits until it is written. */
  open: () => Promise<number>
  /**
   * Sends a command and waits for its answer.
   * @returns the ticket after it.
   */
  execute: (...sent: Parameters<ExecuteCommand>) => Promise<Ticket>
  commands: TicketCommands
  /** The types of a ticket's events, in their order. */
  history: (number: number) => Promise<string[]>
  /** A column of a ticket's row. */
  column: (number: number, name: string) => Promise<unknown>
  /** Adds somebody, agents to the department. */
  person: (
    person: { id: string; name: string; email: string },
    role?: Extract<Role, 'agent' | 'approver'>,
  ) => Promise<void>
  /** Stops everything and removes the database. */
  stop: () => Promise<void>
}

interface TicketWorkerOptions {
  /** What the mail server says; by default that each message is sent. */
  deliver?: DeliveryActivities['deliverMessage']
  /** Takes the place of some of the real activities for what tickets owe. */
  jobs?: (real: TicketJobActivities) => Partial<TicketJobActivities>
}

const sent: DeliveryActivities['deliverMessage'] = () =>
  Promise.resolve({ outcome: 'sent', detail: '250 OK' })

/**
 * A worker for ticket workflows on a time-skipping server of its own, with a database of its own
 * and the real projection.
 */
export async function startTicketWorker({
  deliver = sent,
  jobs = () => ({}),
}: TicketWorkerOptions = {}): Promise<TicketWorker> {
  /** What is open, to be closed from the last to the first. */
  const closers: (() => unknown)[] = []
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close()
  }
  try {
    const database = await freshDatabase()
    closers.push(database.drop)
    const db = openDatabase(database.url)
    closers.push(() => db.close())
    const environment = await timeSkipping()
    closers.push(() => environment.teardown())
    const listening = new ListenConnection(db.pool, ANSWER_CHANNELS, { warn: () => undefined })
    closers.push(() => {
      listening.close()
    })
    const { client } = environment
    const commands = new TicketCommands(client, new CommandAnswers(db, listening), {}, () =>
      environment.currentTimeMs(),
    )
    const real = ticketJobActivities({
      db,
      commands,
      secretKeys: onlyKey(Buffer.alloc(32, 7)),
      defaultFrom: 'DoNotReply <donotreply@help.example>',
    })
    const worker = await Workers.create({
      connection: environment.nativeConnection,
      taskQueue: TASK_QUEUE,
      workflowBundle: workflowBundle(),
      activities: {
        ...projectionActivities(db),
        ...slaActivities({ db, commands }),
        ...real,
        ...jobs(real),
        deliverMessage: deliver,
      },
    })
    const running = worker.run()
    closers.push(() => {
      worker.shutdown()
      return running
    })
    return {
      client,
      commands,
      sleep: (duration) => environment.sleep(duration as '1 day'),
      now: () => environment.currentTimeMs(),
      async execute(facts, ...more) {
        await commands.execute(facts, ...more)
        return loadTicket(db, facts.number)
      },
      ...(await ticketsIn(db, client)),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The server, with the search attributes of tickets. */
async function timeSkipping(): Promise<TestWorkflowEnvironment> {
  Runtime.install({ logger: new DefaultLogger('ERROR') })
  const path = process.env['TEST_TEMPORAL_TEST_SERVER'] ?? ''
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  })
  const searchAttributes = {
    TicketNumber: 3,
    Department: 2,
    Status: 2,
    Priority: 2,
    Owner: 2,
    RequesterDomain: 2,
  }
  await environment.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes,
  })
  return environment
}

/** A department, people and tickets in it, and what the database knows of these. */
async function ticketsIn(db: OpenDatabase, client: Client) {
  const department = { id: randomUUID(), name: 'IT' }
  await db.pool.query('INSERT INTO department (id, name) VALUES ($1, $2)', [
    department.id,
    department.name,
  ])
  const opening = {
    subject: 'Printer',
    requester: ANNA,
    department,
    priority: 'normal' as const,
    channel: 'mail' as const,
  }
  const history = async (number: number): Promise<string[]> =>
    (
      await db.pool.query<{ type: string }>(
        'SELECT type FROM ticket_event WHERE ticket_number = $1 ORDER BY no',
        [number],
      )
    ).rows.map(({ type }) => type)
  let last = 1000
  return {
    db,
    department,
    opening,
    history,
    async column(number: number, name: string): Promise<unknown> {
      const { rows } = await db.pool.query<{ value: unknown }>(
        `SELECT ${name} AS value FROM ticket WHERE number = $1`,
        [number],
      )
      return rows[0]?.value
    },
    async person(
      { id, email, name }: { id: string; name: string; email: string },
      role: 'agent' | 'approver' = 'agent',
    ): Promise<void> {
      await db.pool.query('INSERT INTO app_user (id, email, name, role) VALUES ($1, $2, $3, $4)', [
        id,
        email,
        name,
        role,
      ])
      if (role === 'agent')
        await db.pool.query(
          'INSERT INTO user_department (user_id, department_id) VALUES ($1, $2)',
          [id, department.id],
        )
    },
    async open(): Promise<number> {
      const number = ++last
      const facts = { number, resume: false, subject: opening.subject }
      await signalTicket(client, facts, 'mailReceived', {
        id: `mail-${randomUUID()}`,
        actor: requester,
        payload: { message: { ...received(), messageId: randomUUID() }, opening },
      })
      await eventually('it is opened', async () => (await history(number)).length >= 2)
      return number
    },
  }
}
