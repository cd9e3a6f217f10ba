import { sql } from 'kysely'
import type { Database } from '../../platform/postgres/database.ts'
import { openingKey, seal, unseal } from '../../platform/secrets/sealed-secret.ts'
import { fingerprintOf, type SecretKeys } from '../../platform/secrets/secret-keys.ts'

/** So many are read at once. */
const BATCH = 500

interface KeptAnswer {
  caller: string
  key: string
  answer: string
}

/**
 * Seals with the current key every answer to a request with an Idempotency-Key that an earlier one
 * opens. Ended half way, the rest is as it was; run again, it goes on.
 * @returns how many.
 */
export async function resealAnswers(db: Database, secretKeys: SecretKeys): Promise<number> {
  let count = 0
  for await (const answers of keptAnswers(db)) {
    const again = answers.filter(({ answer }) => {
      const key = openingKey(secretKeys, answer)
      return key !== null && !key.equals(secretKeys.current)
    })
    if (again.length > 0) await replace(db, secretKeys, again)
    count += again.length
  }
  return count
}

/** @returns how many answers each earlier key opens and the current one does not, by fingerprint. */
export async function answersByEarlierKey(
  db: Database,
  secretKeys: SecretKeys,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  if (secretKeys.earlier.length === 0) return counts
  for await (const answers of keptAnswers(db))
    for (const { answer } of answers) {
      const key = openingKey(secretKeys, answer)
      if (key === null || key.equals(secretKeys.current)) continue
      const fingerprint = fingerprintOf(key)
      counts.set(fingerprint, (counts.get(fingerprint) ?? 0) + 1)
    }
  return counts
}

async function* keptAnswers(db: Database): AsyncGenerator<KeptAnswer[]> {
  let last: Pick<KeptAnswer, 'caller' | 'key'> | null = null
  for (;;) {
    const rows: { caller: string; key: string; answer: string | null }[] = await db
      .selectFrom('idempotent_request')
      .select(['caller', 'key', 'answer'])
      .where('answer', 'is not', null)
      .$if(last !== null, (query) =>
        query.where(sql<boolean>`(caller, key) > (${last!.caller}, ${last!.key})`),
      )
      .orderBy('caller')
      .orderBy('key')
      .limit(BATCH)
      .execute()
    const answers = rows.flatMap(({ answer, ...named }) =>
      answer === null ? [] : [{ ...named, answer }],
    )
    if (answers.length > 0) yield answers
    last = answers.at(-1) ?? null
    if (last === null || rows.length < BATCH) return
  }
}

/** One that was forgotten or answered anew meanwhile stays as it is. */
async function replace(
  db: Database,
  secretKeys: SecretKeys,
  answers: readonly KeptAnswer[],
): Promise<void> {
  const resealed = answers.map(({ answer }) => seal(secretKeys, unseal(secretKeys, answer)))
  await sql`
    UPDATE idempotent_request kept
    SET answer = anew.resealed
    FROM unnest(
      ${answers.map(({ caller }) => caller)}::text[],
      ${answers.map(({ key }) => key)}::text[],
      ${answers.map(({ answer }) => answer)}::text[],
      ${resealed}::text[]
    ) AS anew (caller, key, answer, resealed)
    WHERE kept.caller = anew.caller AND kept.key = anew.key AND kept.answer = anew.answer
  `.execute(db)
}
