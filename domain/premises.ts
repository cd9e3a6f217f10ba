import type { ProblemCode } from './problem-codes.ts'

/**
 * Something that is looked up before a command is sent, and that may be so no more when the command
 * is decided late. `id` is a key where it is of a resolution, and a number where it is of a ticket.
 */
export interface Premise {
  kind: PremiseKind
  id: string
}

/** What is told when it is so no more: what the API says when it is not so at once. */
const refusals = {
  /** Whoever sends it is active, and sees the ticket or may be asked to decide. */
  sender: ['not-allowed', 'Whoever asked for this may not do it any more.'],
  /** They see tickets of the department and location. */
  worker: [
    'person-without-access',
    'This person does not see tickets of this department or location, or is not active. Choose somebody else.',
  ],
  /** Somebody of the department sees them. */
  team: [
    'team-without-access',
    'Nobody of this team sees this ticket, by its department and location. Choose another team, or a person.',
  ],
  /** The account is active. */
  approver: [
    'approver-not-found',
    'One of the approvers has no account any more. Choose somebody else.',
  ],
  department: ['department-not-found', 'This department does not exist.'],
  category: ['category-not-found', 'This category does not exist.'],
  /** It exists, and whoever sends the command sees it. */
  location: ['location-not-found', 'This location does not exist, or is not one of yours.'],
  /** It exists and is switched on. */
  resolution: [
    'resolution-inactive',
    'This resolution is switched off. Choose another one, or let an admin switch it on.',
  ],
  /** Whoever sends the command sees it. */
  linkedTicket: ['linked-ticket-not-found', 'There is no such ticket.'],
  /** No delivery has begun to send the message. */
  unsent: ['message-already-left', 'This message has already been handed to the mail server.'],
  /** Messages that are given away are shown here. By the split that gives them away. */
  messagesHere: [
    'message-not-here',
    'A message is not part of this conversation. Choose among its messages.',
  ],
  /** At least one message is shown here afterwards. By the split that gives the others away. */
  messageLeft: [
    'split-takes-all',
    'At least one message has to stay. To give the whole ticket another subject, change it there.',
  ],
} as const satisfies Record<string, readonly [ProblemCode, string]>
export type PremiseKind = keyof typeof refusals

/** @returns why a command is refused whose premise does not hold. */
export function refusalOf({ kind }: Premise): { code: ProblemCode; message: string } {
  const [code, message] = refusals[kind]
  return { code, message }
}

/** @returns whether both say the same. */
export const isSamePremise = (a: Premise, b: Premise): boolean => a.kind === b.kind && a.id === b.id

/** A premise of something that may be nobody or nothing. */
export const premiseOf = (kind: PremiseKind, id: string | null | undefined): Premise[] =>
  id === null || id === undefined ? [] : [{ kind, id }]
