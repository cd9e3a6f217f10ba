import type { FastifyInstance } from 'fastify'
import { pathOf } from './path-of.ts'
import { ProblemError } from './problem.ts'

/** Whatever file or page there may be; serveWebApp knows what it takes. */
const FILES = '/*'

interface KnownPath {
  parts: string[]
  pattern: RegExp
  /** A digit for each part: 0 literal, 1 with a parameter, 2 anything. Smaller is nearer. */
  distance: string
  methods: Set<string>
}

/**
 * Refuses a method that an address does not take with those that it takes (RFC 9110, 15.5.6), and
 * tells them to who asks for the options. The router looks for a route by method first: what
 * `/tickets/bulk` does not take would be answered by `/tickets/:number`. Here an address belongs to
 * its nearest path, whatever its methods. Comes before anything of the request is read.
 */
export function refuseOtherMethods(app: FastifyInstance): void {
  const known = new Map<string, KnownPath>()
  /** The nearer paths that an address of this one may belong to. */
  const nearer = new Map<KnownPath, KnownPath[]>()

  app.addHook('onRoute', ({ url, method }) => {
    if (url === FILES) return
    const path = known.get(url) ?? knownPath(url)
    for (const one of [method].flat()) path.methods.add(one)
    known.set(url, path)
  })

  app.addHook('onRequest', async (request, reply) => {
    const { url = '' } = request.routeOptions
    const routed = known.get(url)
    // Where the web app is served, whatever nobody else reads is looked for among its files.
    const isOfNone = request.is404 || url === FILES
    const rivals = routed ? nearerThan(routed) : isOfNone ? [...known.values()] : []
    if (rivals.length === 0) return
    const nearest = nearestOf(rivals, decodeURI(pathOf(request)))
    if (!nearest || nearest.methods.has(request.method)) return
    const methods = [...nearest.methods].sort()
    if (request.method === 'OPTIONS')
      return reply.code(204).header('allow', methods.join(', ')).send()
    throw new ProblemError(
      405,
      'method-not-allowed',
      `${request.method} cannot be asked of this address. It takes ${methods.join(', ')}.`,
      { allow: methods },
    )
  })

  function nearerThan(path: KnownPath): KnownPath[] {
    const found =
      nearer.get(path) ??
      [...known.values()].filter(
        (one) => one.distance < path.distance && mayBeOne(one.parts, path.parts),
      )
    nearer.set(path, found)
    return found
  }
}

const nearestOf = (paths: readonly KnownPath[], pathname: string): KnownPath | undefined =>
  paths
    .filter(({ pattern }) => pattern.test(pathname))
    .reduce<KnownPath | undefined>(
      (nearest, one) => (nearest && nearest.distance <= one.distance ? nearest : one),
      undefined,
    )

function knownPath(url: string): KnownPath {
  const parts = url.split('/')
  const literal = (text: string) => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&')
  const pattern = url
    .split(/:\w+/)
    .map((part) => literal(part).replaceAll('*', '.*'))
    .join('[^/]+')
  return {
    parts,
    pattern: new RegExp(`^${pattern}$`),
    distance: parts
      .map((part) => (part.includes('*') ? '2' : part.includes(':') ? '1' : '0'))
      .join(''),
    methods: new Set(),
  }
}

/** Could one address belong to both? */
const mayBeOne = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length &&
  a.every((part, i) => part === b[i] || part.includes(':') || b[i]?.includes(':'))
