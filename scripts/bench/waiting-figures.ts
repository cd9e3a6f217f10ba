import type { Figure } from './figure.ts'
import type { UsageByProcess } from './process-accounting.ts'
import { type Latencies, sum } from './statistics.ts'
import { PROBES, type Restart } from './waiting-restart.ts'

const MB = 1_000_000
const section = 'waiting'
const handful = 'with a handful'

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

export function waitingFigures(findings: WaitingFindings): {
  figures: Figure[]
  remarks: string[]
} {
  return {
    figures: [
      ...restartFigures(findings),
      ...cpuFigures(findings),
      ...memoryFigures(findings),
      ...rateFigures(findings),
    ],
    remarks: [
      `Waiting: ${findings.count} open tickets, each a running workflow with the timer of its next reminder, under a service level; a handful is ${2 * PROBES}. Their three first commands came while no worker ran.`,
    ],
  }
}

type Restarts = Pick<WaitingFindings, 'few' | 'many'>

function restartFigures(restarts: Restarts): Figure[] {
  return [
    compared(restarts, 'ready', 'Second start, until ready', 's', (r) => r.ready),
    compared(
      restarts,
      'first-command',
      '  until a cold ticket has answered a command',
      's',
      (r) => r.firstCommand,
    ),
    compared(
      restarts,
      'timers',
      `  until ${PROBES} timers have acted that came due meanwhile`,
      's',
      (r) => r.timers,
    ),
    compared(restarts, 'cold', 'A command on a cold ticket, p50', 'ms', (r) => r.cold.p50),
    compared(restarts, 'warm', 'A command on a warm ticket, p50', 'ms', (r) => r.warm.p50),
  ]
}

function cpuFigures(restarts: Restarts): Figure[] {
  const { few, many } = restarts
  return [
    compared(
      restarts,
      'recovery-cpu',
      'CPU of the second start until rest',
      's',
      (r) => total(r.cpu) / 1000,
    ),
    ...each('recovery-cpu', 's', perThousand(many.cpu), perThousand(few.cpu)),
    compared(restarts, 'rest-cpu', 'CPU in a second of rest', 'ms', (r) => total(r.restCpu)),
    ...each('rest-cpu', 'ms', many.restCpu, few.restCpu),
  ]
}

function memoryFigures({ few, many, made, store }: WaitingFindings): Figure[] {
  return [
    {
      section,
      id: 'made',
      name: 'Whole set at rest, after they came',
      value: total(megabytes(made)),
      unit: 'MB',
      limit: { name: handful, value: total(megabytes(few.memory)) },
    },
    ...each('made', 'MB', megabytes(made), megabytes(few.memory)),
    compared({ few, many }, 'memory', 'Whole set at rest, after the second start', 'MB', (r) =>
      total(megabytes(r.memory)),
    ),
    ...each('memory', 'MB', megabytes(many.memory), megabytes(few.memory)),
    { section, id: 'store', name: 'Temporal’s store, per ticket', value: store / 1000, unit: 'kB' },
  ]
}

function rateFigures({ many, takenIn, replanned, meanwhile }: WaitingFindings): Figure[] {
  return [
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
  ]
}

/** The same of both restarts: with all tickets, beside a handful. */
const compared = (
  { few, many }: Restarts,
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

/** A line for each process. */
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

const total = (values: Record<string, number>): number => sum(Object.values(values))
const perThousand = (values: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value / 1000]))
const megabytes = (usage: UsageByProcess): Record<string, number> =>
  Object.fromEntries(Object.entries(usage).map(([name, { pss }]) => [name, pss / MB]))
