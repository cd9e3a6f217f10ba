import net from 'node:net'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { readiness } from '../../domain/health/contract.ts'
import type { Dependencies } from './dependencies.ts'
import { readinessOf, withoutParticulars } from './readiness.ts'
import { readMetrics } from './metrics.ts'
import { ProblemError } from './problem.ts'
import { type Api, withExample } from './route-schema.ts'

const alive = z.object({ status: z.literal('alive') }).meta({ id: 'Alive' })
type Check = z.infer<typeof readiness>['checks'][number]
const works = (name: string): Check => ({
  ...{ name, ok: true, state: 'ok', since: null, reason: null, values: {} },
  detail: 'Works.',
})
const ready = withExample('It can work.', readiness, {
  ready: true,
  checks: [works('database'), works('temporal'), works('workers')],
})
const notReady = withExample('It cannot work; the checks say what is missing.', readiness, {
  ready: false,
  checks: [
    works('database'),
    {
      name: 'workers',
      ok: false,
      state: 'stopped',
      since: '2026-11-24T09:15:00.000Z',
      reason: 'no-worker',
      values: {},
      detail: 'No worker is at work. Start a worker: npm run worker.',
    },
  ],
})
const inside = new net.BlockList()
for (const [address, prefix] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
] as const)
  inside.addSubnet(address, prefix, 'ipv4')
for (const [address, prefix] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  inside.addSubnet(address, prefix, 'ipv6')

/** What was looked at within this is not looked at again, however many ask. Milliseconds. */
const FRESH = 500
/** A probe is answered within this, whatever hangs. Milliseconds. */
const WITHIN = 1_500

/**
 * What operators and their programs ask: alive, ready, figures. A query is refused here as anywhere.
 * No probe adds one by itself (a kubelet asks for the path that its manifest has), and whoever writes
 * one means something by it, such as the `?exclude=…` of Kubernetes' own probes: they are told when
 * they set it up, and not misled for years. Against caches there is `no-store`.
 * @param atRoot hidden there: the description names the addresses under /api/v1.
 */
export function observationRoutes(app: Api, { health }: Dependencies, atRoot: boolean): void {
  const hide = atRoot

  app.get(
    '/healthz',
    {
      schema: {
        hide,
        operationId: 'getHealth',
        tags: ['Operation'],
        summary: 'Is this process alive?',
        description:
          'For a supervisor that starts dead processes again: 200 as long as it answers at all, whatever PostgreSQL and Temporal do. `GET /readyz` says whether it can work.',
        response: { 200: alive },
      },
    },
    (_request, reply) => {
      reply.header('cache-control', 'no-store')
      return { status: 'alive' as const }
    },
  )

  app.get(
    '/readyz',
    {
      schema: {
        hide,
        operationId: 'getReadiness',
        tags: ['Operation'],
        summary: 'Can it work?',
        description:
          'Answers within two seconds, whatever hangs. 503 when something stops all work: database, Temporal, workers, a full disk. What somebody must look at is named with `state: attention`, but one bad password must not take the whole desk out of service. Callers on this machine or in a private network are told what is wrong; others the names of the checks, their states and reasons.',
        response: { 200: ready, 503: notReady },
      },
    },
    async (request, reply) => {
      const whole = readinessOf(await health.report(FRESH, WITHIN))
      const answer = isInside(request) ? whole : withoutParticulars(whole)
      return reply
        .code(answer.ready ? 200 : 503)
        .header('cache-control', 'no-store')
        .send(answer)
    },
  )

  app.get(
    '/metrics',
    {
      schema: {
        hide,
        operationId: 'getMetrics',
        tags: ['Operation'],
        summary: 'Figures for Prometheus',
        description: 'Only for callers on this machine or in a private network.',
        response: {
          200: { description: 'Text format.', content: { 'text/plain': { schema: z.string() } } },
        },
      },
    },
    async (request, reply) => {
      if (!isInside(request))
        throw new ProblemError(
          403,
          'not-allowed',
          'Figures are only for callers on this machine or in a private network.',
        )
      const { contentType, text } = await readMetrics(health)
      return reply
        .type(contentType)
        .header('cache-control', 'no-store')
        .serializer((body: string) => body)
        .send(text)
    },
  )
}

/**
 * Figures and what servers say are no secret among operators, and nobody else's business. Somebody for
 * whom a proxy asks that is not trusted to say so (it is on another machine) is where the proxy says.
 */
const isInside = ({ ip, headers }: FastifyRequest): boolean =>
  [ip, ...[headers['x-forwarded-for'] ?? []].flat().flatMap((list) => list.split(','))].every(
    (address) => isPrivate(address.trim()),
  )

const isPrivate = (address: string): boolean => {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
  const family = net.isIP(plain)
  return family !== 0 && inside.check(plain, family === 6 ? 'ipv6' : 'ipv4')
}
