// What the processes of a site hold.
import fs from 'node:fs'
import { grouped } from './grouped.ts'
import type { Site } from './site.ts'
import { type Measured, trendOf, type Trend } from './trend.ts'

/** Between two looks, in milliseconds. */
const EVERY = 5_000
/** Of a process's life nothing is said before this: caches and pools fill. Milliseconds. */
const WARM = 180_000
/** What is between two of these is one value: the one in the middle. Milliseconds. */
const STEP = 30_000
/** A trend is said of a process that was looked at for so long in all, in hours. */
const LONG_ENOUGH = 0.2
/** What even its lower end has to be above, as a part of what the process holds, in an hour. */
const NOTHING = 0.05

export interface MemorySample {
  /** Milliseconds. */
  at: number
  pid: number
  megabytes: number
}

export interface MemoryTrend {
  process: string
  /** Megabytes, in the middle of the first and of the last third. */
  first: number
  last: number
  /** Each start is a life. */
  lives: number
  /** Hours without the first minutes of each life. */
  hours: number
  /** Megabytes in an hour; null: too short to be said. */
  trend: Trend | null
  grows: boolean
}

export class MemoryWatch {
  readonly #samples = new Map<string, MemorySample[]>()
  #timer: NodeJS.Timeout | undefined

  constructor(private readonly site: Site) {}

  start(): void {
    this.#timer = setInterval(() => {
      for (const [name, part] of Object.entries(this.site.parts)) {
        const pid = part.pid()
        const megabytes = pid === undefined ? null : residentMegabytes(pid)
        if (pid === undefined || megabytes === null) continue
        const samples = this.#samples.get(name) ?? []
        samples.push({ at: Date.now(), pid, megabytes })
        this.#samples.set(name, samples)
      }
    }, EVERY)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  trends(): MemoryTrend[] {
    return [...this.#samples].map(([process, samples]) => memoryTrend(process, samples))
  }
}

/** @param samples of one process, in order: what was killed begins anew. */
export function memoryTrend(process: string, samples: readonly MemorySample[]): MemoryTrend {
  const third = Math.max(1, Math.floor(samples.length / 3))
  const lives = [...grouped(samples, ({ pid }) => pid).values()]
  const series = lives.map(warmOf).filter((life) => life.length >= 3)
  const hours = series.reduce((total, life) => total + lengthOf(life), 0)
  const trend = hours < LONG_ENOUGH ? null : trendOf(series)
  const last = median(samples.slice(-third))
  return {
    process,
    first: Math.round(median(samples.slice(0, third))),
    last: Math.round(last),
    lives: lives.length,
    hours,
    trend,
    grows: trend !== null && trend.from > NOTHING * last,
  }
}

function warmOf(life: readonly MemorySample[]): Measured[] {
  const begun = (life[0]?.at ?? 0) + WARM
  const steps = grouped(
    life.filter(({ at }) => at >= begun),
    ({ at }) => Math.floor(at / STEP),
  )
  return [...steps].map(([step, samples]) => ({
    at: (step * STEP) / 3_600_000,
    value: median(samples),
  }))
}

const lengthOf = (life: readonly Measured[]): number => (life.at(-1)?.at ?? 0) - (life[0]?.at ?? 0)

function median(samples: readonly MemorySample[]): number {
  const sorted = samples.map(({ megabytes }) => megabytes).sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

function residentMegabytes(pid: number): number | null {
  try {
    const found = /^VmRSS:\s+(\d+) kB/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))
    return found ? Number(found[1]) / 1024 : null
  } catch {
    return null
  }
}
