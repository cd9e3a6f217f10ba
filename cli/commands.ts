import type { Command } from './command.ts'

/**
 * Everything that an operator does from the command line, by its name: `npm run <name> -- …`. Loaded
 * when it is asked for: what one command needs, the others do not wait for.
 */
export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  backup: async () => (await import('./backup/backup.ts')).backup,
  restore: async () => (await import('./backup/restore.ts')).restore,
  doctor: async () => (await import('./doctor/doctor.ts')).doctor,
  users: async () => (await import('./people/users.ts')).users,
  tokens: async () => (await import('./people/tokens.ts')).tokens,
  mailboxes: async () => (await import('./mail-in/mailboxes.ts')).mailboxes,
  rebuild: async () => (await import('./tickets/rebuild.ts')).rebuild,
  'rotate-key': async () => (await import('./secret-key/rotate-key.ts')).rotateKey,
  'upgrade-postgres': async () => (await import('./postgres/upgrade-postgres.ts')).upgradePostgres,
}
