// What each API says of itself by /readyz, from second to second.
import http from 'node:http'
import { text } from 'node:stream/consumers'

/** Between two questions, in milliseconds. */
const EVERY = 500
/** For an answer, in milliseconds. */
const WITHIN = 5_000

export interface Said {
  /** When it was asked. */
  at: number
  /** When it had answered, or it was clear that it would not. */
  until: number
  /** Null: it did not answer. */
  ready: boolean | null
  /** What is not well, where it says so; or what came instead of an answer. */
  why: string
}

/** Only what an API says differently from before. */
export class ReadinessWatch {
  readonly said: Said[][]
  #timers: NodeJS.Timeout[] = []

  constructor(private readonly apis: readonly string[]) {
    this.said = apis.map(() => [])
  }

  start(): void {
    this.#timers = this.apis.map((base, index) => {
      let asking = false
      return setInterval(() => {
        if (asking) return
        asking = true
        const at = Date.now()
        void ask(`${base}/readyz`).then(({ status, body }) => {
          asking = false
          this.#note(index, {
            at,
            until: Date.now(),
            ready: status === 200 ? true : status === 503 ? false : null,
            why: status === 200 ? '' : status === 503 ? reasonsOf(body) : body,
          })
        })
      }, EVERY)
    })
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer)
  }

  /** @returns whether every API says that it can work. */
  isGreen(): boolean {
    return this.said.every((lines) => lines.at(-1)?.ready === true)
  }

  /** @returns what an API said when it was not green, between two times. */
  notGreen(api: number, from: number, to: number): Said[] {
    const lines = this.said[api] ?? []
    const before = lines.filter(({ at }) => at <= from).at(-1)
    return [
      ...(before ? [{ ...before, at: from }] : []),
      ...lines.filter(({ at }) => at > from && at <= to),
    ].filter(({ ready }) => ready !== true)
  }

  #note(api: number, said: Said): void {
    const lines = this.said[api]
    if (lines && (lines.at(-1)?.ready !== said.ready || lines.at(-1)?.why !== said.why))
      lines.push(said)
  }
}

function reasonsOf(body: string): string {
  try {
    const { checks } = JSON.parse(body) as {
      checks: { state: string; reason: string | null; name: string }[]
    }
    return checks
      .filter(({ state }) => state === 'stopped' || state === 'unknown')
      .map(({ reason, name }) => reason ?? name)
      .join(', ')
  } catch {
    return ''
  }
}

/** As a probe does, by a connection of its own. @returns status 0 and why where nothing answers. */
function ask(url: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve) => {
    const request = http.get(url, { agent: false, signal: AbortSignal.timeout(WITHIN) })
    request.once('response', (answer) => {
      text(answer).then(
        (body) => {
          resolve({ status: answer.statusCode ?? 0, body })
        },
        (error: unknown) => {
          resolve({ status: 0, body: codeOf(error) })
        },
      )
    })
    request.once('error', (error) => {
      resolve({ status: 0, body: codeOf(error) })
    })
  })
}

const codeOf = (error: unknown): string =>
  error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.name) : String(error)
