import { type z } from 'zod'
import type { User } from '../../domain/people/contract.ts'
import { users } from '../../api/people/user-writing.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { UsageError } from '../command.ts'

/** @throws UsageError when nobody has this address. */
export async function personOf(db: Database, email: string): Promise<User> {
  const person = await users(db)
    .where('u.email', '=', email.trim().toLowerCase())
    .executeTakeFirst()
  if (!person) throw new UsageError(`Nobody has the address ${email}.`)
  return person
}

/**
 * What was given, by the schema that the API asks for too.
 * @throws UsageError with its sentences.
 */
export function checked<Schema extends z.ZodType>(
  schema: Schema,
  given: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  throw new UsageError(
    parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'),
  )
}
