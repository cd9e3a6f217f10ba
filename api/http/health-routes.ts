import net from 'node:net'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { readiness } from '../../domain/contract.ts'
import type { Dependencies } from './dependencies.ts'
import { readMetrics, watchedMailboxes } from './metrics.ts'
import { ProblemError } from './problem.ts'
import { type Api, withExample } from './route-schema.ts'

const alive = z.object({ status: z.literal('alive') }).meta({ id: 'Alive' })
const notReady = withExample('It cannot work; the checks say what is missing.', readiness, {
  ready: false,
  checks: [
    { name: 'database', ok: true, detail: 'answers' },
    { name: 'temporal', ok: true, detail: 'answers' },
    { name: 'workers', ok: false, detail: 'none asks for work: start one with npm run worker' },
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

/**
 * What operators and their programs ask: alive, ready, figures. A query is refused here as anywhere.
 * No probe adds one by itself (a kubelet asks for the path that its manifest has), and whoever writes
 * one means something by it, such as the `?exclude=…` of Kubernetes' own probes: they are told when
 * they set it up, and not misled for years. Against caches there is `no-store`.
 * @param atRoot hidden there: the description names the addresses under /api/v1.
 */
export function observationRoutes(
  app: Api,
  { db, workflows }: Dependencies,
  atRoot: boolean,
): void {
  const hide = atRoot
  let asked: Promise<z.infer<typeof readiness>> | undefined

  app.get(
    '/healthz',
    {
      schema: {
        hide,
        operationId: 'getHealth',
        tags: ['Operation'],
        summary: 'Is this process alive?',
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
          'Database, Temporal and workers decide. A mailbox that fails is named, but one bad password must not take the whole desk out of service.',
        response: { 200: readiness, 503: notReady },
      },
    },
    async (_request, reply) => {
      // However many ask at once, the servers behind are asked once.
      const answer = await (asked ??= look().finally(() => {
        asked = undefined
      }))
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
      const { contentType, text } = await readMetrics(db)
      return reply
        .type(contentType)
        .header('cache-control', 'no-store')
        .serializer((body: string) => body)
        .send(text)
    },
  )

  async function look(): Promise<z.infer<typeof readiness>> {
    const [mailboxes, { server, workers }] = await Promise.all([mailboxChecks(), workflows.reach()])
    const checks = [
      {
        name: 'database',
        ok: mailboxes !== null,
        detail: mailboxes
          ? 'answers'
          : 'does not answer: check DATABASE_URL and that PostgreSQL runs',
      },
      {
        name: 'temporal',
        ok: server,
        detail: server
          ? 'answers'
          : 'does not answer: check TEMPORAL_ADDRESS and that the server runs',
      },
      {
        name: 'workers',
        ok: workers,
        detail: workers ? 'ask for work' : 'none asks for work: start one with npm run worker',
      },
    ]
    return { ready: checks.every(({ ok }) => ok), checks: [...checks, ...(mailboxes ?? [])] }
  }

  /** @returns null when the database does not answer. */
  async function mailboxChecks(): Promise<z.infer<typeof readiness>['checks'] | null> {
    try {
      const rows = await watchedMailboxes(db)
        .select(['address', 'status'])
        .orderBy('address')
        .execute()
      return rows.map(({ address, status }) => ({
        name: `mailbox ${address}`,
        ok: status !== 'failed',
        detail: status === 'failed' ? 'failed: Settings → Mailboxes says why' : status,
      }))
    } catch {
      return null
    }
  }
}

/** The figures are no secret among operators, and nobody else's business. */
const isInside = ({ ip }: FastifyRequest): boolean => {
  const plain = ip.replace(/^::ffff:(?=\d+\.)/i, '')
  return inside.check(plain, net.isIPv6(plain) ? 'ipv6' : 'ipv4')
}
