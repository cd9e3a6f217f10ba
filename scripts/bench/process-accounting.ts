import fs from 'node:fs'

/** Linux counts CPU time in hundredths of a second (USER_HZ), whatever the kernel's own clock. */
const MS_PER_TICK = 10

/** Process accounting reads /proc: there is none elsewhere. */
export const canAccount = process.platform === 'linux'

/** One process with all its descendants: PostgreSQL's backends count as PostgreSQL. */
export interface Usage {
  /** Milliseconds of CPU, in user and kernel mode, of children that have ended too. */
  cpuMs: number
  /** Bytes in memory; pages shared between processes count in each of them. */
  rss: number
  /** Bytes in memory; a page shared by n processes counts as one nth in each: these add up. */
  pss: number
}

export type UsageByProcess = Record<string, Usage>

/**
 * @param pids of the roots, by name.
 * @returns what each has used until now. A process that is gone counts as nothing.
 */
export function usageOf(pids: Record<string, number>): UsageByProcess {
  const children = childrenByParent()
  return Object.fromEntries(
    Object.entries(pids).map(([name, pid]) => [name, total(processTree(pid, children))]),
  )
}

/** @returns milliseconds of CPU between two readings, by process. */
export const cpuBetween = (before: UsageByProcess, after: UsageByProcess): Record<string, number> =>
  Object.fromEntries(
    Object.entries(after).map(([name, { cpuMs }]) => [name, cpuMs - (before[name]?.cpuMs ?? 0)]),
  )

/**
 * @returns milliseconds of CPU by thread name. The first thread is `main`; Temporal's core calls
 *   its own `tokio-runtime-w`.
 */
export function cpuByThread(pid: number): Record<string, number> {
  const byName: Record<string, number> = {}
  for (const thread of entriesOf(`/proc/${pid}/task`)) {
    const stat = parseStat(readOrEmpty(`/proc/${pid}/task/${thread}/stat`))
    if (!stat) continue
    const name = Number(thread) === pid ? 'main' : stat.name
    byName[name] = (byName[name] ?? 0) + stat.ownTicks * MS_PER_TICK
  }
  return byName
}

/** The fields of /proc/PID/stat that are needed here; see proc_pid_stat(5). */
export function parseStat(
  line: string,
): { name: string; parent: number; ownTicks: number; endedTicks: number } | null {
  // The name, in parentheses, may itself hold spaces and parentheses.
  const close = line.lastIndexOf(')')
  if (close < 0) return null
  const fields = line
    .slice(close + 2)
    .split(' ')
    .map(Number)
  const at = (number: number): number => fields[number - 3] ?? 0
  return {
    name: line.slice(line.indexOf('(') + 1, close),
    parent: at(4),
    ownTicks: at(14) + at(15),
    endedTicks: at(16) + at(17),
  }
}

function total(pids: readonly number[]): Usage {
  const usage: Usage = { cpuMs: 0, rss: 0, pss: 0 }
  for (const pid of pids) {
    const stat = parseStat(readOrEmpty(`/proc/${pid}/stat`))
    if (stat) usage.cpuMs += (stat.ownTicks + stat.endedTicks) * MS_PER_TICK
    const memory =
      readOrEmpty(`/proc/${pid}/smaps_rollup`) ||
      readOrEmpty(`/proc/${pid}/status`).replace('VmRSS', 'Rss')
    usage.rss += kibibytes(memory, 'Rss')
    usage.pss += kibibytes(memory, 'Pss')
  }
  return usage
}

const kibibytes = (text: string, field: string): number =>
  1024 * Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0)

function processTree(root: number, children: ReadonlyMap<number, number[]>): number[] {
  const pids = [root]
  for (const pid of pids) pids.push(...(children.get(pid) ?? []))
  return pids
}

function childrenByParent(): Map<number, number[]> {
  const children = new Map<number, number[]>()
  for (const entry of entriesOf('/proc')) {
    const stat = /^\d+$/.test(entry) ? parseStat(readOrEmpty(`/proc/${entry}/stat`)) : null
    if (!stat) continue
    const siblings = children.get(stat.parent)
    if (siblings) siblings.push(Number(entry))
    else children.set(stat.parent, [Number(entry)])
  }
  return children
}

/** A process may end between being listed and being read. */
function readOrEmpty(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function entriesOf(folder: string): string[] {
  try {
    return fs.readdirSync(folder)
  } catch {
    return []
  }
}
