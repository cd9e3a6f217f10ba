import { readCommand } from '../../domain/command-schema.ts'
import type { Command } from '../../domain/commands.ts'
import { retryId } from '../../domain/tickets/unwritten-command.ts'
import type { Actor } from '../../domain/vocabulary.ts'
import { actorOf } from '../access/authentication.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { unprocessable } from '../http/problem.ts'

/**
 * The command of an attempt: other words than the asker's are the admin's own.
 * @throws ProblemError 422 when it is no such command.
 */
export function attempt(
  row: {
    id: string
    name: Parameters<typeof readCommand>[0]
    actor: Actor
    payload: string
    attempts: number
  },
  admin: SignedInUser,
  written: string | undefined,
): Command {
  const before: unknown = JSON.parse(row.payload)
  const payload = written === undefined ? before : jsonOf(written)
  const isSame = JSON.stringify(payload) === JSON.stringify(before)
  const read = readCommand(row.name, {
    id: retryId(row.id, row.attempts),
    actor: isSame ? row.actor : actorOf(admin),
    payload,
  })
  if ('code' in read) throw unprocessable('command-malformed', read.message, '/payload')
  return read
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw unprocessable(
      'command-malformed',
      'This is not JSON. Correct it and send it again.',
      '/payload',
    )
  }
}
