import type { Client } from '@temporalio/client'
import type pg from 'pg'
import type { OutboundContext } from '../../application/mail-out/correspondence.ts'
import { startPoller, type Poller } from '../../platform/postgres/poller.ts'
import { queueThroughTemporal, writeReminders } from './waiting-reminders.ts'
import { replanTickets, throughTemporal } from './replan.ts'

/**
 * A new ticket gets its service level within this time; its clock counts from its opening all the
 * same.
 */
const EVERY_MS = 1_000

export interface PollerDependencies extends OutboundContext {
  pool: pg.Pool
  client: Client
  log: { warn: (facts: object, text: string) => void }
}

/**
 * Brings tickets in line with the SLA settings and writes the mails of waiting. Every step is
 * repeated until its mark is set, so that several workers may do it at once and any of them may
 * die.
 * @returns how to end it.
 */
export const startSlaPoller = ({ pool, client, log, ...context }: PollerDependencies): Poller =>
  startPoller(
    EVERY_MS,
    async (ending) => {
      // The worker that would answer may be gone already when it is ending.
      const set = throughTemporal(client, ending)
      let planned: number
      do planned = await replanTickets(pool, set)
      while (planned > 0 && !ending.aborted)
      await writeReminders(pool, context, queueThroughTemporal(client, ending))
    },
    (error, ending) => {
      if (!ending)
        log.warn({ error }, 'service levels could not be brought up to date; trying again')
    },
  )
