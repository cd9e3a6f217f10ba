import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Figure } from './figure.ts'
import { canAccount, type UsageByProcess, usageOf } from './process-accounting.ts'
import type { Servers } from './servers.ts'
import { sum } from './statistics.ts'

const MB = 1_000_000

/** Lets everything come to rest, then reads what each process keeps. */
export async function idleMemory(servers: Servers, restSeconds: number): Promise<UsageByProcess> {
  await new Promise((resolve) => setTimeout(resolve, restSeconds * 1000))
  return usageOf(servers.children.pids)
}

/** What the servers and two Node processes take that hold nothing of Guichet: the limit. */
export async function bareMemory(servers: Servers): Promise<number> {
  const node = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  await new Promise((resolve) => setTimeout(resolve, 500))
  const { node: one, ...rest } = usageOf({ ...servers.children.pids, node: node.pid ?? 0 })
  node.kill()
  await once(node, 'exit')
  return sum(Object.values(rest).map((u) => u.pss)) + 2 * (one?.pss ?? 0)
}

export interface MemoryReadings {
  bare: number
  fresh: UsageByProcess
  /** While the backlog came in, and when it was over: absent when no backlog was measured. */
  loaded: UsageByProcess | null
  after: UsageByProcess | null
}

export function memoryFigures({ bare, fresh, loaded, after }: MemoryReadings): Figure[] {
  if (!canAccount) return []
  const section = 'memory'
  const whole = (usage: UsageByProcess): number => sum(Object.values(usage).map((u) => u.pss)) / MB
  const figures: Figure[] = [
    {
      section,
      id: 'idle',
      name: 'Whole set, idle',
      value: whole(fresh),
      unit: 'MB',
      limit: { name: 'fresh servers and two empty Node processes', value: bare / MB },
      aim: { atMost: 900 },
    },
    ...each('idle', fresh),
  ]
  if (after)
    figures.push(
      {
        section,
        id: 'after',
        name: 'Whole set, idle again after the backlogs',
        value: whole(after),
        unit: 'MB',
        aim: { atMost: 900 },
      },
      ...each('after', after),
    )
  if (loaded)
    figures.push(
      {
        section,
        id: 'loaded',
        name: 'Whole set, most during a backlog',
        value: whole(loaded),
        unit: 'MB',
      },
      ...each('loaded', loaded),
    )
  return figures
}

const each = (id: string, usage: UsageByProcess): Figure[] =>
  Object.entries(usage).map(([name, { pss, rss }]) => ({
    section: 'memory',
    id: `${id}-${name}`,
    name: `  ${name}`,
    value: pss / MB,
    unit: 'MB',
    note: `RSS ${Math.round(rss / MB)} MB`,
  }))
