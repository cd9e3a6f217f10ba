// What the processes of a site hold.
import fs from 'node:fs'
import { grouped } from './grouped.ts'
import type { Site } from './site.ts'

const EVERY = 5_000

interface Sample {
  at: number
  pid: number
  megabytes: number
}

export interface MemoryTrend {
  process: string
  first: number
  last: number
  /** Megabytes in an hour, of those that have been one process for at least half an hour; else null. */
  perHour: number | null
}

/** Below this nothing can be said of a trend, in milliseconds. */
const LONG_ENOUGH = 1_800_000

export class MemoryWatch {
  readonly #samples = new Map<string, Sample[]>()
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
    return [...this.#samples].map(([process, samples]) => {
      const third = Math.max(1, Math.floor(samples.length / 3))
      return {
        process,
        first: median(samples.slice(0, third)),
        last: median(samples.slice(-third)),
        perHour: slope(samples),
      }
    })
  }
}

/** Of the longest life of one process, without its first minutes: least squares. */
function slope(samples: readonly Sample[]): number | null {
  const lives = [...grouped(samples, ({ pid }) => pid).values()]
  const life = lives.sort((a, b) => b.length - a.length)[0] ?? []
  const begun = life[0]?.at ?? 0
  const grown = life.filter(({ at }) => at - begun > LONG_ENOUGH / 3)
  if ((life.at(-1)?.at ?? 0) - begun < LONG_ENOUGH) return null
  const mean = (of: (sample: Sample) => number): number =>
    grown.reduce((sum, sample) => sum + of(sample), 0) / grown.length
  const [t, m] = [mean(({ at }) => at), mean(({ megabytes }) => megabytes)]
  const over = grown.reduce((sum, s) => sum + (s.at - t) * (s.megabytes - m), 0)
  const under = grown.reduce((sum, s) => sum + (s.at - t) ** 2, 0)
  return Math.round((over / under) * 3_600_000)
}

function median(samples: readonly Sample[]): number {
  const sorted = samples.map(({ megabytes }) => megabytes).sort((a, b) => a - b)
  return Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0)
}

function residentMegabytes(pid: number): number | null {
  try {
    const found = /^VmRSS:\s+(\d+) kB/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))
    return found ? Number(found[1]) / 1024 : null
  } catch {
    return null
  }
}
