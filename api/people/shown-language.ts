import { sql } from 'kysely'
import type { Language } from '../../languages/language.ts'
import type { Database } from '../../platform/postgres/database.ts'

/**
 * Keeps the language in which somebody was shown the page before the desk, so that notifications and
 * mails speak it too. A language that the person has chosen stays.
 */
export async function keepShownLanguage(
  db: Database,
  userId: string,
  language: Language | undefined,
): Promise<void> {
  if (language === undefined) return
  await db
    .updateTable('app_user')
    .set({ preferences: sql`jsonb_build_object('language', ${language}::text) || preferences` })
    .where('id', '=', userId)
    .where(sql`preferences->>'language'`, 'is', null)
    .execute()
}
