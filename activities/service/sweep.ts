import type { Client } from '@temporalio/client'
import type pg from 'pg'
import type { OutboundContext } from '../../platform/correspondence.ts'
import { queueThroughTemporal, writeReminders } from './reminders.ts'
import { replanTickets, throughTemporal } from './replan.ts'

/** A new ticket gets its service level within this time; its clock counts from its opening all the same. */
const EVERY_MS = 1_000

export interface SweepDependencies extends OutboundContext {
  pool: pg.Pool
  client: Client
  log: { warn: (facts: object, text: string) => void }
}

/**
 * Brings tickets in line with the service settings and writes the mails of waiting. Every step is repeated until its mark is set, so
 * that several workers may do it at once and any of them may die. @returns how to end it.
 */
export function startServiceSweep({ pool, client, log, ...context }: SweepDependencies): { stop: () => Promise<void> } {
  const ending = new AbortController()
  const set = throughTemporal(client, ending.signal)
  const queue = queueThroughTemporal(client, ending.signal)
  let stopped = false
  let wake = (): void => undefined
  const loop = (async () => {
    while (!stopped) {
      try {
        let planned: number
        do planned = await replanTickets(pool, set)
        while (planned > 0 && !stopped)
        await writeReminders(pool, context, queue)
      } catch (error) {
        if (!stopped) log.warn({ error: error instanceof Error ? error.message : String(error) }, 'service levels could not be brought up to date; trying again')
      }
      if (!stopped) await new Promise<void>((resolve) => { wake = resolve; setTimeout(resolve, EVERY_MS).unref() })
    }
  })()
  return {
    async stop() {
      stopped = true
      // The worker that would answer may be gone already.
      ending.abort()
      wake()
      await loop
    },
  }
}
