import type { ApproverAccount, ApproverFacts } from '../../domain/approvals/eligible-approvers.ts'
import type { ApproverChoice } from '../../domain/approvals/contract.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import type { Database } from '../../platform/postgres/database.ts'

/**
 * The active accounts among those chosen, by id or by address, and those of the admins, who stand in
 * for them.
 */
export async function approverAccounts(
  db: Database,
  choices: readonly ApproverChoice[],
): Promise<Pick<ApproverFacts, 'accounts' | 'admins'>> {
  const ids = choices.flatMap((choice) => ('userId' in choice ? [choice.userId.toLowerCase()] : []))
  const emails = choices.flatMap((choice) =>
    'email' in choice ? [choice.email.toLowerCase()] : [],
  )
  const rows = await db
    .selectFrom('app_user')
    .select(['id', 'email', 'name', 'role'])
    .where('active', '=', true)
    .where((eb) =>
      eb.or([
        eb('role', '=', 'admin'),
        eb('id', '=', anyOf(ids, 'uuid')),
        eb(eb.fn<string>('lower', ['email']), '=', anyOf(emails, 'text')),
      ]),
    )
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  const account = ({ id, email, name }: ApproverAccount): ApproverAccount => ({ id, email, name })
  return {
    accounts: rows.map(account),
    admins: rows.filter(({ role }) => role === 'admin').map(account),
  }
}
