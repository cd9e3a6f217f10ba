import { TestWorkflowEnvironment } from '@temporalio/testing'
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker'
import type { Client } from '@temporalio/client'
import { projectionActivities } from '../../../activities/projection/index.ts'
import type { OpenDatabase } from '../../../platform/postgres/database.ts'
import { TASK_QUEUE } from '../../../platform/temporal/connection.ts'
import { slaActivities } from '../../../activities/sla/index.ts'
import { ticketJobActivities } from '../../../activities/tickets/ticket-jobs.ts'
import type {
  DeliveryActivities,
  TicketJobActivities,
} from '../../../workflows/ticket/activities.ts'
import { ANSWER_CHANNELS, CommandAnswers } from '../../../application/tickets/command-answers.ts'
import { loadTicket } from '../../../application/tickets/load-ticket.ts'
import {
  type ExecuteCommand,
  TicketCommands,
} from '../../../application/tickets/ticket-commands.ts'
import type { Ticket } from '../../../domain/ticket.ts'
import { ListenConnection } from '../../../platform/postgres/listen-connection.ts'
import { bundleWorkflows } from '../../../scripts/workflow-bundle.mjs'

export interface TicketWorker {
  client: Client
  /** Lets time pass on the server's clock. */
  sleep: (duration: string) => Promise<void>
  /** The server's clock, in milliseconds since 1970. */
  now: () => Promise<number>
  /**
   * Sends a command and waits for its answer.
   * @returns the ticket after it.
   */
  execute: (...sent: Parameters<ExecuteCommand>) => Promise<Ticket>
  commands: TicketCommands
  stop: () => Promise<void>
}

/**
 * A worker for ticket workflows on a time-skipping server of its own, with the real projection.
 * @param jobs takes the place of some of the real activities for what tickets owe.
 */
export async function startTicketWorker(
  db: OpenDatabase,
  deliverMessage: DeliveryActivities['deliverMessage'],
  jobs: (real: TicketJobActivities) => Partial<TicketJobActivities> = () => ({}),
): Promise<TicketWorker> {
  Runtime.install({ logger: new DefaultLogger('ERROR') })
  const path = process.env['TEST_TEMPORAL_TEST_SERVER'] ?? ''
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  })
  const attributes = {
    TicketNumber: 3,
    Department: 2,
    Status: 2,
    Priority: 2,
    Owner: 2,
    RequesterDomain: 2,
  }
  await environment.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: attributes,
  })
  const { client } = environment
  const listening = new ListenConnection(db.pool, ANSWER_CHANNELS, { warn: () => undefined })
  const commands = new TicketCommands(client, new CommandAnswers(db, listening), {}, () =>
    environment.currentTimeMs(),
  )
  const real = ticketJobActivities({
    db,
    commands,
    secretKey: Buffer.alloc(32, 7),
    defaultFrom: 'DoNotReply <donotreply@help.example>',
  })
  const worker = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue: TASK_QUEUE,
    workflowBundle: await bundleWorkflows(),
    activities: {
      ...projectionActivities(db),
      ...slaActivities({ db, commands }),
      ...real,
      ...jobs(real),
      deliverMessage,
    },
  })
  const running = worker.run()
  return {
    commands,
    async execute(facts, ...sent) {
      await commands.execute(facts, ...sent)
      return loadTicket(db, facts.number)
    },
    client,
    sleep: (duration) => environment.sleep(duration as '1 day'),
    now: () => environment.currentTimeMs(),
    async stop() {
      worker.shutdown()
      await running
      listening.close()
      await environment.teardown()
    },
  }
}
