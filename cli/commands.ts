import type { Command } from './command.ts'
import { backup } from './backup/backup.ts'
import { restore } from './backup/restore.ts'

/** Everything that an operator does from the command line, by its name: `npm run <name> -- …`. */
export const commands: Readonly<Record<string, Command>> = { backup, restore }
