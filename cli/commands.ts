import type { Command } from './command.ts'
import { backup } from './backup/backup.ts'
import { restore } from './backup/restore.ts'
import { doctor } from './doctor/doctor.ts'
import { mailboxes } from './mail-in/mailboxes.ts'
import { upgradePostgres } from './postgres/upgrade-postgres.ts'
import { tokens } from './people/tokens.ts'
import { users } from './people/users.ts'
import { rotateKey } from './secret-key/rotate-key.ts'
import { rebuild } from './tickets/rebuild.ts'

/** Everything that an operator does from the command line, by its name: `npm run <name> -- …`. */
export const commands: Readonly<Record<string, Command>> = {
  backup,
  restore,
  doctor,
  users,
  tokens,
  mailboxes,
  rebuild,
  'rotate-key': rotateKey,
  'upgrade-postgres': upgradePostgres,
}
