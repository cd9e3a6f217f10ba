import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Command, CommandName, CommandPayload } from '../../domain/commands.ts'
import { commands } from '../../domain/areas.ts'
import { may, seesLocation } from '../../domain/permissions.ts'
import type { ChangeStep } from '../../domain/tickets/change-steps.ts'
import type { CommandAnswer } from '../../application/tickets/command-answers.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { runStatement } from '../../platform/postgres/run-statement.ts'
import { isSecondAttempt, newCommandId } from '../http/idempotency/attempt.ts'
import { actorOf, signedIn } from './authentication.ts'
import { authorisedTicketStatement } from './authorised-ticket.statement.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { notFound, ProblemError, unprocessable } from '../http/problem.ts'
import type { SignedInUser } from './sessions.ts'

/** A ticket that the person may see: what routes need to know of it before they do anything. */
export type AuthorisedTicket = z.infer<typeof authorisedTicketStatement.row>

/**
 * The one door to a ticket and to everything that hangs on it.
 * @param what was asked for, when it is something on the ticket: the answer must not give away the
 *   ticket's number.
 * @throws ProblemError 404 when it does not exist or belongs to a department or location that the
 *   person does not see.
 */
export async function authorisedTicket(
  db: Database,
  user: SignedInUser,
  number: number,
  what = `ticket #${number}`,
): Promise<AuthorisedTicket> {
  const [ticket] = await runStatement(db, authorisedTicketStatement, [number])
  if (
    !ticket ||
    !may(user, 'ticket.read', ticket.departmentId) ||
    !seesLocation(user, ticket.locationId)
  )
    throw notFound(what)
  return ticket
}

/**
 * The ticket of a request's path, and who asks for it.
 * @throws ProblemError 404 when they do not see it.
 */
export async function requestedTicket(
  db: Database,
  request: Pick<FastifyRequest, 'user'> & { params: { number: number } },
): Promise<{ user: SignedInUser; ticket: AuthorisedTicket }> {
  const user = signedIn(request)
  return { user, ticket: await authorisedTicket(db, user, request.params.number) }
}

/**
 * A ticket that a request names besides the one of its path.
 * @param pointer of the field that names it.
 * @throws ProblemError 422 when the person does not see it.
 */
export const linkedTicket = (
  db: Database,
  user: SignedInUser,
  number: number,
  pointer: string,
): Promise<AuthorisedTicket> =>
  authorisedTicket(db, user, number).catch((error: unknown) => {
    throw error instanceof ProblemError && error.status === 404
      ? unprocessable('linked-ticket-not-found', error.message, pointer)
      : error
  })

/**
 * The ticket whose workflow a message belongs to. After a merge or a split it may be seen through
 * the ticket in which the message is shown.
 * @returns that ticket, with the department through which it is seen.
 * @throws ProblemError 404
 */
export async function ticketOfMessage(
  db: Database,
  user: SignedInUser,
  messageId: string,
  what: string,
): Promise<AuthorisedTicket> {
  const rows = await db
    .selectFrom('message as m')
    .innerJoin('ticket as t', (join) =>
      join.on((eb) =>
        eb('t.number', 'in', [
          eb.ref('m.ticket_number'),
          eb.fn<number>('merge_target', [eb.fn('message_ticket', ['m.id', 'm.ticket_number'])]),
        ]),
      ),
    )
    .select((eb) => [
      't.number',
      't.version',
      't.subject',
      't.status',
      't.department_id as departmentId',
      't.category_id as categoryId',
      't.resolution',
      't.location_id as locationId',
      eb.ref('t.state', '->').key('pending').as('pending'),
      eb('t.number', '=', eb.ref('m.ticket_number')).as('own'),
    ])
    .where('m.id', '=', messageId)
    .where('m.event_no', 'is not', null)
    .orderBy('own', 'desc')
    .execute()
  const through = rows.find(
    (ticket) =>
      may(user, 'ticket.read', ticket.departmentId) && seesLocation(user, ticket.locationId),
  )
  const own = rows.find((ticket) => ticket.own)
  if (!through || !own) throw notFound(what)
  return { ...own, departmentId: through.departmentId }
}

/**
 * Sends a person's command to a ticket that they see.
 * @param ticket with `expectedVersion`, nothing is done when the ticket is not at it any more.
 * @param id of the command, when its effect is already tied to one: the same id twice changes
 *   nothing.
 * @returns once its projection is written.
 * @throws CommandRejectedError, CommandKeptError, ProblemError
 */
export async function command<N extends CommandName>(
  { workflows }: Dependencies,
  user: SignedInUser,
  ticket: Pick<AuthorisedTicket, 'number' | 'departmentId' | 'subject'> & {
    expectedVersion?: number | undefined
  },
  name: N,
  payload: CommandPayload<N>,
  id?: string,
): Promise<CommandAnswer> {
  const { right } = commands[name]
  if (right === 'system' || !may(user, right, ticket.departmentId))
    throw new ProblemError(
      403,
      'not-allowed',
      `Your role, ${user.role}, does not allow this. Ask an admin.`,
    )
  const sent: Command<N> = {
    id: id ?? newCommandId(ticket.number, name, payload),
    actor: actorOf(user),
    payload,
    ...(ticket.expectedVersion === undefined ? {} : { expectedVersion: ticket.expectedVersion }),
  }
  return workflows.execute(
    { number: ticket.number, resume: true, subject: ticket.subject },
    name,
    sent,
    { isNew: id === undefined && !isSecondAttempt() },
  )
}

/**
 * Sends what a person wants in one request as one command: its steps are done all, or none of them.
 * @throws CommandRejectedError, CommandKeptError, ProblemError
 */
export async function commandOf(
  deps: Dependencies,
  user: SignedInUser,
  ticket: Parameters<typeof command>[2],
  steps: readonly ChangeStep[],
): Promise<void> {
  const [first] = steps
  if (first && steps.length === 1) await command(deps, user, ticket, first.name, first.payload)
  else if (first) await command(deps, user, ticket, 'changeProperties', { steps: [...steps] })
}
