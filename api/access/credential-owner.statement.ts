import { z } from 'zod'
import { preferences } from '../../domain/people/contract.ts'
import { role } from '../../domain/vocabulary.ts'
import { rawStatement } from '../../platform/postgres/raw-statement.ts'

/** Who they are, and what they may see. */
const person = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role,
  preferences,
  departmentIds: z.array(z.string()),
  locationIds: z.array(z.string()).nullable(),
})
const columns = `u.id, u.email, u.name, u.role, u.preferences,
  ARRAY(SELECT d.department_id FROM user_department d WHERE d.user_id = u.id ORDER BY 1) AS "departmentIds",
  location_limit(u.id) AS "locationIds"`

export type Person = z.infer<typeof person>

/**
 * The active person of a running session: asked by every request of the web app.
 * $1 the hash of its token
 */
export const sessionOwnerStatement = rawStatement({
  name: 'session-owner',
  /** `remaining` in seconds. */
  row: person.extend({ remaining: z.number() }),
  text: `
SELECT ${columns}, extract(epoch FROM s.expires_at - now())::float8 AS remaining
FROM session s JOIN app_user u ON u.id = s.user_id
WHERE s.token_hash = $1 AND s.expires_at > now() AND u.active`,
})

/**
 * The active person of an API token: asked by every request of a program.
 * $1 its hash
 */
export const tokenOwnerStatement = rawStatement({
  name: 'token-owner',
  /** `stale`: its use is to be noted anew. */
  row: person.extend({ stale: z.boolean() }),
  text: `
SELECT ${columns}, t.last_used_at IS NULL OR t.last_used_at < now() - interval '1 minute' AS stale
FROM api_token t JOIN app_user u ON u.id = t.user_id
WHERE t.token_hash = $1 AND t.revoked_at IS NULL AND u.active`,
})
