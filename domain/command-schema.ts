import { z } from 'zod'
import { commands } from './areas.ts'
import type { CommandName } from './commands.ts'
import { actor } from './vocabulary.ts'

export const commandNames = Object.keys(commands) as CommandName[]

const schemaOf = (name: CommandName) =>
  z.object({
    id: z.string().min(1).max(200),
    actor,
    payload: commands[name].payload,
    expectedVersion: z.number().int().optional(),
  })

/** Made once: every ticket's workflow asks for all of them. */
const schemas = Object.fromEntries(commandNames.map((name) => [name, schemaOf(name)])) as Record<
  CommandName,
  ReturnType<typeof schemaOf>
>

/**
 * The schema of one command's envelope, checked where it enters (the workflow's validator; an
 * operator may type it by hand).
 * @param name a row of the table.
 */
export const commandSchema = (name: CommandName): ReturnType<typeof schemaOf> => schemas[name]
