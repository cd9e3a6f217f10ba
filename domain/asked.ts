import { z } from 'zod'
import { askedByArea, askedKinds } from '../languages/generated/asked-kinds.ts'

/** What people ask of a ticket: each has its words in the group `asked` of its area's file. */
export { askedByArea, askedKinds }
export type AskedKind = (typeof askedKinds)[number]

/** One thing that somebody asked of a ticket. */
export const asked = z
  .object({
    what: z.enum(askedKinds),
    /** On what, or what: a task's title, an approval's subject, a person, a ticket, a field. */
    name: z.string().optional(),
    /** What it is to become: one of ours by its key (a status), a moment as ISO time, else a text. */
    value: z.string().optional(),
  })
  .meta({ id: 'Asked' })
export type Asked = z.infer<typeof asked>

/**
 * What one command asks, as its row in the table of commands says it.
 * @param name on what, or what.
 * @param value what it is to become.
 */
export const askedTo = (what: AskedKind, name = '', value = ''): Asked[] => [{ what, name, value }]

/** Set to something, or emptied. */
export const askedToSet = (
  what: AskedKind,
  empty: AskedKind,
  value: string | null | undefined,
): Asked[] => (value ? askedTo(what, '', value) : askedTo(empty))

/** Kinds whose value is a word of ours, by its key, or a moment; of all others it is a text. */
export const askedValues = {
  setStatus: 'status',
  setPriority: 'priority',
  setResolution: 'resolution',
  setImpact: 'weight',
  setUrgency: 'weight',
  setTaskDue: 'moment',
  snoozeUntil: 'moment',
} as const satisfies Partial<Record<AskedKind, string>>

/** @returns of which sort the value of a kind is. */
export const valueSort = (
  what: AskedKind,
): (typeof askedValues)[keyof typeof askedValues] | 'text' =>
  what in askedValues ? askedValues[what as keyof typeof askedValues] : 'text'
