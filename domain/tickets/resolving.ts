import { z } from 'zod'
import { resolutionBlocked } from '../approvals/blocking.ts'
import { fact, type Fact } from '../events.ts'
import { type Blocker, blocker, resolvingDespiteBlockers } from './blockers.ts'
import { type CustomNames, customNames } from '../classification/custom-names.ts'
import { isRejection, type Rejection } from '../command-rule.ts'
import {
  fieldsBlocking,
  requiredField,
  type RequiredField,
} from '../classification/custom-fields.ts'
import { resolvingDespiteTasks } from '../tasks/rules.ts'
import type { Ticket } from '../ticket.ts'
import { isEnded, resolution, type Resolution, type TicketStatus } from '../vocabulary.ts'

/**
 * A resolution as whoever sends it has looked it up: its key, and the name that admins have given
 * it.
 */
export const chosenResolution = {
  resolution: resolution.nullish(),
  resolutionNames: customNames.optional(),
}

/** The fields that a ticket must not be solved without: docs/decisions/0011-required-fields.md. */
export const requiredFields = { requiredFields: z.array(requiredField).max(500).optional() }

/**
 * Open tickets that block it: looked up by whoever sends the command, because no ticket knows the
 * state of another.
 */
export const openBlockers = { blockers: z.array(blocker).max(1000).optional() }

export const resolutionFacts = (
  ticket: Ticket,
  to: Resolution | null | undefined,
  names: CustomNames | undefined,
): Fact[] =>
  to === undefined || to === ticket.resolution
    ? []
    : [fact('resolutionChanged', { from: ticket.resolution, to, ...(names ? { names } : {}) })]

/**
 * What a person's solving or closing of a ticket comes to besides the change itself. A ticket that
 * has ended already is not asked again.
 * @returns the facts that go before it, none when nothing is in the way; or why it may not be: an
 *   approval that is waited for (`approval-waiting`), a required field without a value
 *   (`fields-empty`), a required task that is open (`tasks-open`), an open ticket that blocks it
 *   (`blockers-open`).
 */
export function resolving(
  ticket: Ticket,
  to: TicketStatus,
  asked: {
    requiredFields?: readonly RequiredField[] | undefined
    blockers?: readonly Blocker[] | undefined
    overrideReason?: string | undefined
  },
): Fact[] | Rejection {
  if (!isEnded(to) || isEnded(ticket.status)) return []
  const refused = resolutionBlocked(ticket) ?? fieldsBlocking(ticket, asked.requiredFields ?? [])
  if (refused) return refused
  // Tasks and blocking tickets come last: one reason overrides them all, and nobody is to give one
  // in vain.
  const tasks = resolvingDespiteTasks(ticket, to, asked.overrideReason)
  if (isRejection(tasks)) return tasks
  const blockers = resolvingDespiteBlockers(ticket, to, asked.blockers, asked.overrideReason)
  return isRejection(blockers) ? blockers : [...tasks, ...blockers]
}
