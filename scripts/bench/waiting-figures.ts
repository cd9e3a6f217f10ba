import type { Figure } from './figure.ts'
import type { UsageByProcess } from './process-accounting.ts'
import { type Latencies, sum } from './statistics.ts'
import { PROBES, type Restart } from './waiting-restart.ts'

const MB = 1_000_000

export interface WaitingFindings {
  count: number
  /** The second start with a handful of tickets, and with all of them. */
  few: Restart
  many: Restart
  /** At rest after all of them came, before anything was stopped. */
  made: UsageByProcess
  /** Tickets a second that were opened, planned and set waiting. */
  takenIn: number
  /** Bytes of Temporal's store per ticket. */
  store: number
  /** Tickets a second that got other due times, and what a command took meanwhile. */
  replanned: number
  meanwhile: Latencies
}

export function waitingFigures({
  count,
  few,
  many,
  made,
  takenIn,
  store,
  replanned,
  meanwhile,
}: WaitingFindings): { figures: Figure[]; remarks: string[] } {
  const section = 'waiting'
  const handful = 'with a handful'
  const compared = (
    id: string,
    name: string,
    unit: Figure['unit'],
    pick: (found: Restart) => number,
  ): Figure => ({
    section,
    id,
    name,
    value: pick(many),
    unit,
    limit: { name: handful, value: pick(few) },
  })
  const each = (
    id: string,
    unit: Figure['unit'],
    values: Record<string, number>,
    limits: Record<string, number>,
  ): Figure[] =>
    Object.entries(values).map(([name, value]) => ({
      section,
      id: `${id}-${name}`,
      name: `  ${name}`,
      value,
      unit,
      limit: { name: handful, value: limits[name] ?? 0 },
    }))
  return {
    figures: [
      compared('ready', 'Second start, until ready', 's', (r) => r.ready),
      compared(
        'first-command',
        '  until a cold ticket has answered a command',
        's',
        (r) => r.firstCommand,
      ),
      compared(
        'timers',
        `  until ${PROBES} timers have acted that came due meanwhile`,
        's',
        (r) => r.timers,
      ),
      compared('cold', 'A command on a cold ticket, p50', 'ms', (r) => r.cold.p50),
      compared('warm', 'A command on a warm ticket, p50', 'ms', (r) => r.warm.p50),
      compared(
        'recovery-cpu',
        'CPU of the second start until rest',
        's',
        (r) => total(r.cpu) / 1000,
      ),
      ...each('recovery-cpu', 's', perThousand(many.cpu), perThousand(few.cpu)),
      compared('rest-cpu', 'CPU in a second of rest', 'ms', (r) => total(r.restCpu)),
      ...each('rest-cpu', 'ms', many.restCpu, few.restCpu),
      {
        section,
        id: 'made',
        name: 'Whole set at rest, after they came',
        value: total(megabytes(made)),
        unit: 'MB',
        limit: { name: handful, value: total(megabytes(few.memory)) },
      },
      ...each('made', 'MB', megabytes(made), megabytes(few.memory)),
      compared('memory', 'Whole set at rest, after the second start', 'MB', (r) =>
        total(megabytes(r.memory)),
      ),
      ...each('memory', 'MB', megabytes(many.memory), megabytes(few.memory)),
      {
        section,
        id: 'store',
        name: 'Temporal’s store, per ticket',
        value: store / 1000,
        unit: 'kB',
      },
      {
        section,
        id: 'taken-in',
        name: 'Opened, planned and set waiting',
        value: takenIn,
        unit: '/s',
      },
      {
        section,
        id: 'replanned',
        name: 'Due times made anew after a change in Settings',
        value: replanned,
        unit: '/s',
      },
      {
        section,
        id: 'replanned-meanwhile',
        name: '  a command on a cold ticket meanwhile, p50',
        value: meanwhile.p50,
        unit: 'ms',
        limit: { name: 'in peace', value: many.cold.p50 },
      },
    ],
    remarks: [
      `Waiting: ${count} open tickets, each a running workflow with the timer of its next reminder, under a service level; a handful is ${2 * PROBES}. Their three first commands came while no worker ran.`,
    ],
  }
}

const total = (values: Record<string, number>): number => sum(Object.values(values))
const perThousand = (values: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value / 1000]))
const megabytes = (usage: UsageByProcess): Record<string, number> =>
  Object.fromEntries(Object.entries(usage).map(([name, { pss }]) => [name, pss / MB]))
