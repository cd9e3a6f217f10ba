import { z } from 'zod'
import { askedTo, askedToSet } from '../asked.ts'
import { fieldValue, sameValue } from '../classification/custom-fields.ts'
import { weight } from '../classification/priority-matrix.ts'
import { reject, rule } from '../command-rule.ts'
import { fact } from '../events.ts'
import { priority as priorities } from '../vocabulary.ts'
import { tag } from './tags.ts'

const notOpened = reject('ticket-not-opened', 'This ticket does not exist yet.')

/** What a ticket is sorted by besides its category: impact and urgency, tags, custom fields. */
export const classificationCommands = {
  /**
   * With the priority that follows from both, as whoever sends it has read in the matrix; null: it
   * stays.
   */
  setImpact: rule({
    payload: z.object({
      impact: weight.nullable(),
      urgency: weight.nullable(),
      priority: priorities.nullable(),
    }),
    right: 'ticket.work',
    asks: (ticket, { impact, urgency }) => [
      ...(impact === ticket.impact ? [] : askedToSet('setImpact', 'removeImpact', impact)),
      ...(urgency === ticket.urgency ? [] : askedToSet('setUrgency', 'removeUrgency', urgency)),
    ],
    decide: (ticket, { impact, urgency, priority }) => {
      if (!ticket.opened) return notOpened
      return [
        ...(ticket.impact === impact && ticket.urgency === urgency
          ? []
          : [fact('impactChanged', { impact, urgency })]),
        ...(priority === null || priority === ticket.priority
          ? []
          : [fact('priorityChanged', { from: ticket.priority, to: priority })]),
      ]
    },
  }),
  setTags: rule({
    payload: z.object({ tags: z.array(tag).max(30) }),
    right: 'ticket.work',
    asks: (_, { tags }) => askedToSet('setTags', 'removeTags', tags.join(', ')),
    decide: (ticket, p) => {
      if (!ticket.opened) return notOpened
      const to = [...new Set(p.tags)].sort()
      return to.join() === ticket.tags.join()
        ? []
        : [fact('tagsChanged', { from: ticket.tags, to })]
    },
  }),
  /** A custom field's value, checked against its definition by whoever sends it. */
  setField: rule({
    payload: z.object({ fieldId: z.uuid(), name: z.string().max(200), value: fieldValue }),
    right: 'ticket.work',
    asks: (_, { name, value }) =>
      value === null || value === ''
        ? askedTo('emptyField', name)
        : askedTo('setField', name, typeof value === 'object' ? value.name : String(value)),
    decide: (ticket, { fieldId, name, value }) => {
      if (!ticket.opened) return notOpened
      const from = ticket.fields[fieldId] ?? null
      const to = value === '' ? null : value
      if (sameValue(from, to)) return []
      if (from === null && Object.keys(ticket.fields).length >= 100)
        return reject('too-many-fields', 'A ticket holds at most 100 custom fields.')
      return [fact('fieldChanged', { fieldId, name, from, to })]
    },
  }),
} as const
