import { cut } from '../../domain/cut.ts'
import { sql } from 'kysely'
import type { z } from 'zod'
import type { newTicket } from '../../domain/tickets/contract.ts'
import { preview } from '../../domain/mail-out/body.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { chosenOnce, newId } from '../http/idempotency/attempt.ts'
import { bindAttachments } from '../conversation/attachment-binding.ts'
import { actorOf } from '../access/authentication.ts'
import type { Dependencies } from '../http/dependencies.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { linkedTicket } from '../access/ticket-access.ts'
import { departmentRef } from '../people/department-ref.ts'
import { locationForNewTicket } from '../locations/location-access.ts'

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
  const department = await departmentRef(deps.db, departmentId)
  const parent =
    childOf === undefined ? null : await linkedTicket(deps.db, user, childOf, '/childOf')
  const location = await locationForNewTicket(deps.db, user, requester.email)
  const messageId = newId()
  const hasWords = text.trim() !== '' || attachmentIds.length > 0
  const number = await deps.db.transaction().execute(async (transaction) => {
    const next = await chosenOnce(transaction, 'number', () => nextTicketNumber(transaction))
    await transaction
      .insertInto('participant')
      .values({ ticket_number: next, address: requester.email })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    if (!hasWords) return next
    const { numInsertedOrUpdatedRows } = await transaction
      .insertInto('message')
      .values({
        id: messageId,
        ticket_number: next,
        direction: 'inbound',
        state: 'received',
        from_address: requester.email,
        from_name: requester.name,
        subject,
        text,
        text_visible: text,
        author_id: user.id,
        date: sql<Date>`now()`,
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .executeTakeFirst()
    // Written already by an earlier attempt at the same request.
    if (numInsertedOrUpdatedRows === 0n) return next
    await bindAttachments(transaction, { message_id: messageId }, attachmentIds, user.id)
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
                subject: cut(parent.subject, 300),
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

/** Of the sequence that all tickets are numbered by. */
export async function nextTicketNumber(db: Database): Promise<number> {
  const { number } = await db
    .selectNoFrom(sql<number>`nextval('ticket_number')::int`.as('number'))
    .executeTakeFirstOrThrow()
  return number
}
