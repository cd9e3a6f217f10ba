import { conversationCommands } from './conversation/commands.ts'
import { propertyCommands } from './tickets/property-commands.ts'
import { relationCommands } from './tickets/relation-commands.ts'
import { taskCommands } from './tasks/commands.ts'
import { approvalCommands } from './approvals/commands.ts'
import { purchaseCommands } from './purchases/commands.ts'
import { assetCommands } from './assets/commands.ts'
import { slaCommands } from './sla/commands.ts'
import { mergingCommands } from './merging/commands.ts'
import { z } from 'zod'
import { actor } from './vocabulary.ts'

/**
 * The one table of commands. Each is registered by the ticket workflow as a signal and as an update
 * of the same name, is what the API sends, and is decided by its own `decide`. To add a command,
 * add a row in its area's file.
 */
export const commands = {
  ...conversationCommands,
  ...propertyCommands,
  ...relationCommands,
  ...taskCommands,
  ...approvalCommands,
  ...purchaseCommands,
  ...assetCommands,
  ...slaCommands,
  ...mergingCommands,
} as const

export type CommandName = keyof typeof commands
export type CommandPayload<N extends CommandName> = z.infer<(typeof commands)[N]['payload']>

/** A command on its way: the same `id` twice changes nothing. */
export interface Command<N extends CommandName = CommandName> {
  id: string
  actor: z.infer<typeof actor>
  payload: CommandPayload<N>
  /**
   * Decided only while the ticket is at this version: somebody looked at it, and means what they
   * saw.
   */
  expectedVersion?: number | undefined
}

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
