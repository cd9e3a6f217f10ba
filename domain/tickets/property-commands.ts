import { z } from 'zod'
import { visibleOrEmpty } from '../blank-text.ts'
import { askedTo, askedToSet } from '../asked.ts'
import { fact } from '../events.ts'
import { isRejection, reject, rule } from '../command-rule.ts'
import {
  categoryRef,
  departmentRef,
  person,
  priority,
  resolution,
  ticketStatus,
} from '../vocabulary.ts'
import {
  chosenResolution,
  openBlockers,
  requiredFields,
  resolutionFacts,
  resolving,
} from './resolving.ts'

const same = (a: { id: string } | null, b: { id: string } | null): boolean => a?.id === b?.id

/** What an agent sets on a ticket. Setting what is already so changes nothing. */
export const propertyCommands = {
  changeStatus: rule({
    payload: z.object({
      status: ticketStatus,
      reason: z.enum(['agent', 'timer']).default('agent'),
      ...chosenResolution,
      ...requiredFields,
      ...openBlockers,
      /** Why the ticket is resolved although required tasks, or tickets that block it, are open. */
      overrideReason: z.string().trim().max(500).optional(),
    }),
    right: 'ticket.work',
    asks: (_, { status, resolution }) => [
      ...askedTo('setStatus', '', status),
      ...(resolution ? askedTo('setResolution', '', resolution) : []),
    ],
    decide: (ticket, p) => {
      if (p.status === 'new' && ticket.status !== 'new')
        return reject(
          'status-not-new-again',
          'A ticket that was worked on cannot become new again.',
          { status: p.status },
        )
      // The closing timer runs only on a solved ticket, which nothing may block any more.
      const despite = p.reason === 'timer' ? [] : resolving(ticket, p.status, p)
      if (isRejection(despite)) return despite
      return [
        ...despite,
        ...resolutionFacts(ticket, p.resolution, p.resolutionNames),
        ...(p.status === ticket.status
          ? []
          : [fact('statusChanged', { from: ticket.status, to: p.status, reason: p.reason })]),
      ]
    },
  }),
  changeOwner: rule({
    payload: z.object({ owner: person.nullable() }),
    right: 'ticket.work',
    asks: (_, { owner }) => askedToSet('setOwner', 'removeOwner', owner?.name),
    decide: (ticket, { owner }) =>
      same(ticket.owner, owner) ? [] : [fact('ownerChanged', { from: ticket.owner, to: owner })],
  }),
  changePriority: rule({
    payload: z.object({ priority }),
    right: 'ticket.work',
    asks: (_, { priority }) => askedTo('setPriority', '', priority),
    decide: (ticket, p) =>
      ticket.priority === p.priority
        ? []
        : [fact('priorityChanged', { from: ticket.priority, to: p.priority })],
  }),
  changeCategory: rule({
    payload: z.object({ category: categoryRef.nullable() }),
    right: 'ticket.work',
    asks: (_, { category }) => askedToSet('setCategory', 'removeCategory', category?.name),
    decide: (ticket, { category }) =>
      same(ticket.category, category)
        ? []
        : [fact('categoryChanged', { from: ticket.category, to: category })],
  }),
  changeResolution: rule({
    payload: z.object({ ...chosenResolution, resolution: resolution.nullable() }),
    right: 'ticket.work',
    asks: (_, { resolution }) => askedToSet('setResolution', 'removeResolution', resolution),
    decide: (ticket, p) => resolutionFacts(ticket, p.resolution, p.resolutionNames),
  }),
  changeDepartment: rule({
    payload: z.object({ department: departmentRef }),
    right: 'ticket.work',
    asks: (_, { department }) => askedTo('setDepartment', '', department.name),
    decide: (ticket, { department }) =>
      same(ticket.department, department)
        ? []
        : [fact('departmentChanged', { from: ticket.department, to: department })],
  }),
  changeSubject: rule({
    payload: z.object({ subject: z.string().trim().overwrite(visibleOrEmpty).min(1).max(998) }),
    right: 'ticket.work',
    asks: (_, { subject }) => askedTo('setSubject', '', subject),
    decide: (ticket, p) =>
      ticket.subject === p.subject
        ? []
        : [fact('subjectChanged', { from: ticket.subject, to: p.subject })],
  }),
} as const
