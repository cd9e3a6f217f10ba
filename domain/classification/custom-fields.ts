import { firstOf } from '../first-of.ts'
import { z } from 'zod'
import { reject, type Rejection } from '../command-rule.ts'
import type { Ticket } from '../ticket.ts'

/** What a custom field can hold. */
export const fieldKind = z.enum(['text', 'number', 'date', 'choice', 'checkbox', 'person'])
export type FieldKind = z.infer<typeof fieldKind>

/** A person by id and the name of that time; everything else by its plain value. Null: empty. */
export const fieldValue = z.union([
  z.string().max(200),
  z.number(),
  z.boolean(),
  z.object({ id: z.uuid(), name: z.string().max(200) }),
  z.null(),
])
export type FieldValue = z.infer<typeof fieldValue>

/** @returns true when both are the same value. */
export const sameValue = (a: FieldValue, b: FieldValue): boolean =>
  a !== null && b !== null && typeof a === 'object' && typeof b === 'object'
    ? a.id === b.id
    : a === b

/**
 * A field without whose value a ticket must not be solved, as whoever asks for it has looked it up
 * for department and category.
 */
export const requiredField = z.object({ id: z.uuid(), name: z.string().max(200), kind: fieldKind })
export type RequiredField = z.infer<typeof requiredField>

/**
 * @returns true when a required field is as good as empty: what has to be confirmed and is not
 *   ticked says nothing either.
 */
export const isUnfilled = (kind: FieldKind, value: FieldValue): boolean =>
  value === null || value === '' || (kind === 'checkbox' && value === false)

/**
 * @returns why the ticket cannot be solved yet, naming every required field without a value; or
 *   null.
 */
export function fieldsBlocking(
  ticket: Pick<Ticket, 'fields'>,
  required: readonly RequiredField[],
): Rejection | null {
  const empty = required.filter(({ id, kind }) => isUnfilled(kind, ticket.fields[id] ?? null))
  if (empty.length === 0) return null
  const names = empty
    .slice(0, 10)
    .map(({ name }) => `“${name}”`)
    .join(', ')
  return reject(
    'fields-empty',
    `Fill in ${names}${empty.length > 10 ? ` and ${empty.length - 10} more` : ''} first: required before the ticket is solved.`,
    {
      fields: firstOf(
        empty.map(({ name }) => name),
        10,
      ),
    },
  )
}

const CALENDAR_DAY = /^(\d{4})-(\d{2})-(\d{2})$/

/**
 * @returns what is wrong with a value for a field, as a sentence; null when it fits. Whether a
 *   person exists is for the asker to know.
 */
export function misfit(
  field: { name: string; kind: FieldKind; required: boolean; choices: readonly string[] },
  value: FieldValue,
): string | null {
  if (value === null || value === '')
    return field.required ? `The field “${field.name}” must not be empty.` : null
  switch (field.kind) {
    case 'text':
      return typeof value === 'string' ? null : `The field “${field.name}” takes a text.`
    case 'number':
      return typeof value === 'number' && Number.isFinite(value)
        ? null
        : `The field “${field.name}” takes a number.`
    case 'checkbox':
      return typeof value === 'boolean' ? null : `The field “${field.name}” takes true or false.`
    case 'choice':
      return typeof value === 'string' && field.choices.includes(value)
        ? null
        : `The field “${field.name}” takes one of: ${field.choices.join(', ')}.`
    case 'date':
      return typeof value === 'string' && isCalendarDay(value)
        ? null
        : `The field “${field.name}” takes a day such as 2026-11-24.`
    case 'person':
      return typeof value === 'object' ? null : `The field “${field.name}” takes a person.`
  }
}

function isCalendarDay(text: string): boolean {
  if (!CALENDAR_DAY.test(text)) return false
  const day = new Date(`${text}T00:00:00.000Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
}
