import type pg from 'pg'
import type { z } from 'zod'
import type { newTicket } from '../../domain/tickets/contract.ts'
import { preview } from '../../domain/mail-out/body.ts'
import { pgQuery } from '../../platform/postgres/query.ts'
import { chosenOnce, newId } from '../http/idempotency/attempt.ts'
import { bindAttachments } from '../conversation/attachment-binding.ts'
import { actorOf } from '../access/authentication.ts'
import type { Dependencies } from '../http/dependencies.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { linkedTicket } from '../access/ticket-access.ts'
import { departmentRef } from './ticket-change.ts'
import { locationForNewTicket } from '../locations/location-access.ts'
import { inTransaction } from '../../platform/postgres/transaction.ts'

const INSERT_PARTICIPANT =
  'INSERT INTO participant (ticket_number, address) VALUES ($1, $2) ON CONFLICT DO NOTHING'
const INSERT_MESSAGE = `INSERT INTO message (id, ticket_number, direction, state, from_address, from_name, subject, text, text_visible, author_id, date)
  VALUES ($1, $2, 'inbound', 'received', $3, $4, $5, $6, $6, $7, now()) ON CONFLICT (id) DO NOTHING`

/**
 * Opens a ticket that somebody told an agent, or that a program writes. The words become its first
 * message, in the requester's name.
 * @returns its number, once its projection is written.
 */
export async function openTicket(
  deps: Dependencies,
  user: SignedInUser,
  entered: z.infer<typeof newTicket>,
): Promise<number> {
  const { subject, departmentId, requester, text, priority, attachmentIds, childOf } = entered
  const department = await departmentRef(deps.pool, departmentId)
  const parent =
    childOf === undefined ? null : await linkedTicket(deps.db, user, childOf, '/childOf')
  const location = await locationForNewTicket(deps.db, user, requester.email)
  const messageId = newId()
  const hasWords = text.trim() !== '' || attachmentIds.length > 0
  const number = await inTransaction(deps.pool, async (client) => {
    const next = await chosenOnce(pgQuery(client), 'number', () => nextTicketNumber(client))
    await client.query(INSERT_PARTICIPANT, [next, requester.email])
    if (!hasWords) return next
    const { rowCount } = await client.query(INSERT_MESSAGE, [
      messageId,
      next,
      requester.email,
      requester.name,
      subject,
      text,
      user.id,
    ])
    // Written already by an earlier attempt at the same request.
    if (rowCount === 0) return next
    await bindAttachments(pgQuery(client), { messageId }, attachmentIds, user.id)
    return next
  })
  await deps.workflows.execute(
    {
      number,
      resume: false,
      subject,
      department: department.name,
      priority,
      requesterEmail: requester.email,
    },
    'openTicket',
    {
      id: `open-${messageId}`,
      actor: actorOf(user),
      payload: {
        subject,
        requester,
        department,
        priority,
        ...(location ? { location } : {}),
        channel: user.via === 'token' ? 'api' : 'web',
        ...(parent
          ? {
              link: {
                number: parent.number,
                kind: 'childOf',
                subject: parent.subject.slice(0, 300),
              },
            }
          : {}),
        ...(hasWords
          ? {
              message: {
                messageId,
                from: requester,
                preview: preview(text),
                hasAttachments: attachmentIds.length > 0,
                automatic: false,
                stranger: false,
              },
            }
          : {}),
      },
    },
  )
  return number
}

async function nextTicketNumber(client: Pick<pg.ClientBase, 'query'>): Promise<number> {
  const { rows } = await client.query<{ number: number }>(
    `SELECT nextval('ticket_number')::int AS number`,
  )
  return rows[0]?.number ?? 0
}
