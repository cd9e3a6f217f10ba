import { may, seesLocation } from '../../domain/permissions.ts'
import { z } from 'zod'
import { signedIn } from '../access/authentication.ts'
import { type Change, ChangeFeed } from './change-feed.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { openEventStream } from '../http/event-stream.ts'
import type { Api } from '../http/route-schema.ts'
import { type SignedInUser, userByCredential } from '../access/sessions.ts'
import { openStreams } from '../http/metrics.ts'

/**
 * Proxies end what is silent for a minute; the heartbeat also asks whether the person still may
 * listen.
 */
const HEARTBEAT_MS = 20_000

/** Server-sent events: what changes, told to every open page of whoever may see it. */
export function streamRoutes(api: Api, { db, listening }: Dependencies): void {
  const feed = new ChangeFeed(listening)
  api.addHook('preClose', async () => {
    feed.close()
  })

  api.get(
    '/stream',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'openStream',
        summary: 'Be told of changes',
        description:
          'Server-sent events: `hello` once, `ticket` with a StreamEvent, `mailbox` with its id for admins, and comment lines as heartbeat.',
        response: {
          200: {
            description: 'Until either side ends it.',
            content: { 'text/event-stream': { schema: z.string() } },
          },
        },
      },
    },
    async (request, reply) => {
      // HEAD: what a listener would get, without listening.
      if (request.method === 'HEAD') return reply.type('text/event-stream; charset=utf-8').send('')
      let user = signedIn(request)
      const { raw, write } = openEventStream(reply)
      let gone = false
      raw.on('close', () => {
        gone = true
      })
      const stop = await feed.listen({
        changed: (change) => {
          if (isFor(user, change))
            write(`event: ${change.event}\ndata: ${JSON.stringify(change.data)}\n\n`)
        },
        ended: () => raw.end(),
      })
      const heartbeat = setInterval(() => {
        void beat()
      }, HEARTBEAT_MS)
      openStreams.inc()
      const closed = (): void => {
        clearInterval(heartbeat)
        stop()
        openStreams.dec()
      }
      if (gone) return closed()
      raw.on('close', closed)
      write('retry: 2000\nevent: hello\ndata: {}\n\n')

      async function beat(): Promise<void> {
        try {
          const still = await userByCredential(db, user)
          if (!still || !may(still, 'ticket.read')) return void raw.end()
          user = still
          write(': still here\n\n')
        } catch {
          // The database is away: the feed notices by itself, and the page comes back then.
          raw.end()
        }
      }
    },
  )
}

const isFor = (user: SignedInUser, change: Change): boolean =>
  change.event === 'ticket'
    ? [change.data.departmentId, ...(change.data.leftDepartmentIds ?? [])].some((id) =>
        may(user, 'ticket.read', id),
      ) &&
      [change.data.locationId ?? null, ...(change.data.leftLocationIds ?? [])].some((id) =>
        seesLocation(user, id),
      )
    : may(user, 'settings.manage')
