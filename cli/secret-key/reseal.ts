import { sql } from 'kysely'
import type { Database } from '../../platform/postgres/database.ts'
import { openingKey, seal, unseal } from '../../platform/secrets/sealed-secret.ts'
import { onlyKey, type SecretKeys } from '../../platform/secrets/secret-keys.ts'
import { noteRotation } from './rotations.ts'
import { type SealedSecret, sealedSecrets } from './sealed-secrets.ts'

/** What no key opens, or opens only with an earlier one. */
export interface SecretsByKey {
  byCurrent: SealedSecret[]
  byEarlier: SealedSecret[]
  closed: SealedSecret[]
}

export function secretsByKey(
  secrets: readonly SealedSecret[],
  secretKeys: SecretKeys,
): SecretsByKey {
  const keys = secrets.map((secret) => ({ secret, key: openingKey(secretKeys, secret.sealed) }))
  const those = (is: (key: Buffer | null) => boolean): SealedSecret[] =>
    keys.filter(({ key }) => is(key)).map(({ secret }) => secret)
  const { current } = secretKeys
  return {
    byCurrent: those((key) => key !== null && key.equals(current)),
    byEarlier: those((key) => key !== null && !key.equals(current)),
    closed: those((key) => key === null),
  }
}

/** A secret did not read the same afterwards; nothing was changed. */
export class ResealError extends Error {
  readonly code = 'reseal-failed'
}

/**
 * Seals with the current key what an earlier one opens, all or nothing; what no key opens stays as it
 * is. Every secret is read again and compared before that becomes so.
 * @returns how many.
 * @throws ResealError
 */
export const reseal = (db: Database, secretKeys: SecretKeys): Promise<number> =>
  db.transaction().execute(async (transaction) => {
    // Nobody puts back in between what was sealed before; readers are not kept waiting.
    await sql`SET LOCAL lock_timeout = '20s'`.execute(transaction)
    await sql`LOCK TABLE mailbox, sender, setting IN SHARE ROW EXCLUSIVE MODE`.execute(transaction)
    const before = await sealedSecrets(transaction)
    const { byEarlier } = secretsByKey(before, secretKeys)
    for (const { sealed, replace } of byEarlier)
      await replace(seal(secretKeys, unseal(secretKeys, sealed)))
    compare(before, await sealedSecrets(transaction), secretKeys)
    await noteRotation(transaction, secretKeys)
    return byEarlier.length
  })

/** @throws ResealError unless each reads as before, with the current key alone. */
function compare(
  before: readonly SealedSecret[],
  after: readonly SealedSecret[],
  secretKeys: SecretKeys,
): void {
  const current = onlyKey(secretKeys.current)
  for (const [index, { what, sealed }] of before.entries()) {
    const now = after[index]?.sealed ?? ''
    const isAsBefore =
      openingKey(secretKeys, sealed) === null
        ? now === sealed
        : openingKey(current, now) !== null && unseal(current, now) === unseal(secretKeys, sealed)
    if (!isAsBefore || after[index]?.what !== what)
      throw new ResealError(`${what} does not read the same after resealing. Nothing was changed.`)
  }
}
