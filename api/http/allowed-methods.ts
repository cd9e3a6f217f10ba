import type { FastifyInstance } from 'fastify'

interface KnownPath {
  pattern: RegExp
  parameters: number
  methods: Set<string>
}

/** Which methods an address takes: what a request with another one is told (RFC 9110, 15.5.6). */
export class AllowedMethods {
  readonly #paths = new Map<string, KnownPath>()

  /** Learns every route that is added to this server from now on. */
  learn(app: FastifyInstance): void {
    app.addHook('onRoute', ({ url, method }) => {
      const known = this.#paths.get(url) ?? knownPath(url)
      for (const one of [method].flat()) known.methods.add(one)
      this.#paths.set(url, known)
    })
  }

  /**
   * @param pathname of a request that no route answers.
   * @returns empty when no route has this address.
   */
  of(pathname: string): string[] {
    const [closest] = [...this.#paths.values()]
      .filter(({ pattern }) => pattern.test(pathname))
      .sort((a, b) => a.parameters - b.parameters)
    return closest ? [...closest.methods].sort() : []
  }
}

function knownPath(url: string): KnownPath {
  const parts = url.split(/:\w+/)
  const literal = (part: string) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return {
    pattern: new RegExp(`^${parts.map(literal).join('[^/]+')}$`),
    parameters: parts.length - 1,
    methods: new Set(),
  }
}
