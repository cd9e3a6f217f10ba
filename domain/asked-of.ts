import { commands } from './areas.ts'
import type { z } from 'zod'
import type { Asked } from './asked.ts'
import type { CommandRule } from './command-rule.ts'
import type { CommandName, CommandPayload } from './commands.ts'
import { cut } from './cut.ts'
import type { Ticket } from './ticket.ts'
import { wellFormedText } from './well-formed-text.ts'

/** Units of a name or a value: enough to know it again. */
const MOST_TEXT = 120
/** All tags: whoever adds one more sets these too. */
const MOST_TAGS = 2_000
/** Of one command, such as a change of many properties. */
const MOST_PARTS = 12

/**
 * What a command asks, for people. Pure.
 * @param ticket as it is known: what the command names by its id is looked up there.
 * @param name of a row of the table of commands.
 * @returns nothing for what Guichet asks by itself, and for what nobody understands.
 */
export function askedOf(ticket: Ticket, name: string, payload: unknown): Asked[] {
  if (!isTold(name)) return []
  const { payload: schema, asks } = commands[name] as unknown as CommandRule<z.ZodType>
  const read = schema.safeParse(payload)
  if (!read.success) return []
  const told =
    name === 'changeProperties'
      ? askedInTurn(ticket, read.data as CommandPayload<'changeProperties'>)
      : (asks?.(ticket, read.data) ?? [])
  return told.slice(0, MOST_PARTS).map(short)
}

/** What each of several steps asks, without what Guichet asks by itself. */
const askedInTurn = (ticket: Ticket, { steps }: CommandPayload<'changeProperties'>): Asked[] =>
  steps
    .filter(({ bySystem, optional }) => !bySystem && !optional)
    .flatMap(({ name, payload }) =>
      name === 'changeProperties' ? [] : askedOf(ticket, name, payload),
    )

/** Is there anything to tell of such a command? */
export const isTold = (name: string): name is CommandName =>
  name === 'changeProperties' ||
  (Object.hasOwn(commands, name) && 'asks' in commands[name as CommandName])

const short = ({ what, name, value }: Asked): Asked => ({
  what,
  ...(name ? { name: cut(wellFormedText(name), MOST_TEXT) } : {}),
  ...(value
    ? { value: cut(wellFormedText(value), what === 'setTags' ? MOST_TAGS : MOST_TEXT) }
    : {}),
})
