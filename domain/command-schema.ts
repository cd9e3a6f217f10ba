import { cut } from './cut.ts'
import { z } from 'zod'
import { commands } from './areas.ts'
import { reject, type Rejection } from './command-rule.ts'
import type { Command, CommandName } from './commands.ts'
import { wellFormedTexts } from './well-formed-text.ts'
import { actor } from './vocabulary.ts'

/** The code of what cannot be read as a command at all. */
export const MALFORMED = 'command-malformed'

/** UTF-16 units. Bodies are never in a command. */
const LONGEST = 20_000

export const commandNames = Object.keys(commands) as CommandName[]

const schemaOf = (name: CommandName) =>
  z.object({
    id: z.string().min(1).max(200),
    actor,
    payload: commands[name].payload,
    expectedVersion: z.number().int().optional(),
    answerBy: z.number().int().optional(),
  })

/** Made once: every ticket's workflow asks for all of them. */
const schemas = Object.fromEntries(commandNames.map((name) => [name, schemaOf(name)])) as Record<
  CommandName,
  ReturnType<typeof schemaOf>
>

/**
 * One command's envelope, checked where it enters; an operator may type it by hand. The border at
 * which every text of a command becomes one that the database can hold.
 * @param name a row of the table.
 * @returns the command, or what is wrong with it.
 */
export function readCommand(name: CommandName, raw: unknown): Command | Rejection {
  const wellFormed = wellFormedTexts(raw)
  const tooLong = longText(wellFormed)
  if (tooLong !== null) return reject(MALFORMED, saying([tooLong]))
  const read = schemas[name].safeParse(wellFormed)
  return read.success ? (read.data as Command) : reject(MALFORMED, inWords(read.error))
}

/**
 * @returns the command without what its schema fills in by itself: a signal stays in the ticket's
 *   history as it was sent.
 */
export function withoutDefaults<C extends Command>(name: CommandName, command: C): C {
  const payload = lacking(commands[name].payload, command.payload)
  return { ...command, payload } as C
}

function lacking(schema: z.ZodType, value: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
    return lacking(schema.unwrap() as z.ZodType, value)
  if (!(schema instanceof z.ZodObject) || typeof value !== 'object' || value === null) return value
  const fields = schema.shape as Record<string, z.ZodType | undefined>
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, field]: [string, unknown]) => {
      const of = fields[key]
      if (of === undefined) return [[key, field]]
      return isDefault(of, field) ? [] : [[key, lacking(of, field)]]
    }),
  )
}

const isDefault = (schema: z.ZodType, value: unknown): boolean =>
  schema instanceof z.ZodDefault &&
  JSON.stringify(schema.def.defaultValue) === JSON.stringify(value)

/**
 * Each field has a bound of its own; this one is for what is made of others' (a refusal with its
 * values, a step's payload), so that nothing that anybody types is without.
 * @returns where the first text stands that is longer than any command needs; null: nowhere.
 */
function longText(value: unknown, path = ''): string | null {
  if (typeof value === 'string') return value.length > LONGEST ? path || 'command' : null
  if (typeof value !== 'object' || value === null) return null
  for (const [name, part] of Object.entries(value)) {
    if (name.length > LONGEST) return path || 'command'
    const found = longText(part, path === '' ? name : `${path}.${name}`)
    if (found !== null) return found
  }
  return null
}

const inWords = ({ issues }: z.ZodError): string =>
  saying([...new Set(issues.map(({ path }) => path.join('.') || 'command'))])

const saying = (fields: readonly string[]): string =>
  cut(`These fields are missing, or are not as they should be: ${fields.join(', ')}.`, 1000)
