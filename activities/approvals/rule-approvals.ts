import { SYSTEM } from '../../domain/vocabulary.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { wantedApprovals } from '../../application/approvals/ticket-rules.ts'
import type { JobInput, PreparedCommand } from '../../workflows/ticket/activities.ts'

/**
 * The approvals that rules want of a ticket that was opened, placed or opened again.
 * @throws NobodyToAskError: nothing is approved by nobody being there, so the job stays.
 */
export const ruleApprovals = async (
  db: Database,
  { ticketNumber, eventNo }: JobInput,
): Promise<PreparedCommand[]> =>
  (await wantedApprovals(db, ticketNumber)).map(({ ruleId, payload }) => ({
    name: 'askApproval',
    command: { id: `rule-${ruleId}-${eventNo}`, actor: SYSTEM, payload },
  }))
