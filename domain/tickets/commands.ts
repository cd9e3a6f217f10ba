import { classificationCommands } from './classification-commands.ts'
import { combinedCommands } from './combined-commands.ts'
import { propertyCommands } from './property-commands.ts'
import { relationCommands } from './relation-commands.ts'
import { workflowCommands } from './workflow-commands.ts'

/** The ticket itself, its properties, the people and tickets around it: what may be asked. */
export const ticketCommands = {
  ...propertyCommands,
  ...combinedCommands,
  ...relationCommands,
  ...classificationCommands,
  ...workflowCommands,
} as const
