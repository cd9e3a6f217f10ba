import { ticketParams } from '../../domain/contract/common.ts'
import { childrenAnswer, type ChildrenTold, childrenTold } from '../../domain/contract/family.ts'
import { visibleDepartments, visiblePlaces } from '../../domain/permissions.ts'
import { signedIn } from '../authentication.ts'
import type { Dependencies } from '../dependencies.ts'
import { reasonOf } from '../problem.ts'
import { sendReply } from '../replies.ts'
import { type Api, answers } from '../route-schema.ts'
import { command, seenTicket } from '../ticket-access.ts'

/** Active complementary requests that the person sees ($2, $3). */
const CHILDREN = `SELECT t.number FROM ticket_link l JOIN ticket t ON t.number = l.from_number
  WHERE l.to_number = $1 AND l.kind = 'childOf' AND t.status IN ('new', 'open', 'waiting') AND ($2::uuid[] IS NULL OR t.department_id = ANY($2)) AND ($3::uuid[] IS NULL OR t.place_id = ANY($3)) ORDER BY t.number`

/** What a ticket does for the complementary requests that hang on it. */
export function childrenRoutes(api: Api, deps: Dependencies): void {
  const { pool } = deps

  api.post(
    '/tickets/:number/children/solve',
    {
      config: { right: 'ticket.work' },
      schema: {
        tags: ['Links'],
        summary: 'Tell the requesters of complementary requests',
        params: ticketParams,
        body: childrenAnswer,
        response: answers(200, childrenTold),
        description:
          'Each active ticket that is a complementary request of this one gets the text as an answer to its requester, and is solved with it. Each for itself: those that could not be told are named with the reason. Asked again, only those are told that are still active.',
      },
    },
    async (request): Promise<ChildrenTold> => {
      const user = signedIn(request)
      const parent = await seenTicket(pool, user, request.params.number)
      const { rows } = await pool.query<{ number: number }>(CHILDREN, [
        parent.number,
        visibleDepartments(user),
        visiblePlaces(user),
      ])
      const result: ChildrenTold = { told: [], failed: [] }
      for (const { number } of rows) {
        try {
          await sendReply(deps, user, await seenTicket(pool, user, number), {
            text: request.body.text,
            cc: [],
            attachmentIds: [],
            status: 'solved',
            holdSeconds: 0,
          })
          result.told.push(number)
        } catch (error) {
          result.failed.push({ number, ...reasonOf(error, request.log) })
        }
      }
      if (result.told.length > 0)
        await command(deps, user, parent, 'recordChildrenTold', { numbers: result.told })
      return result
    },
  )
}
