import type pg from 'pg'
import type { Command, CommandPayload } from '../../domain/commands.ts'
import type { ApproverChoice, StageChoice } from '../../domain/approvals/contract.ts'
import { preview } from '../../domain/mail-out/body.ts'
import { SYSTEM } from '../../domain/vocabulary.ts'
import { derivedId } from '../../platform/postgres/derived-id.ts'
import { eligibleApprovers } from './eligible-approvers.ts'
import { type CommandAnswer, CommandRejectedError } from '../tickets/command-answers.ts'
import type { StartFacts } from '../tickets/ticket-workflow.ts'
import { timeOrderedId } from '../../platform/postgres/time-ordered-id.ts'

type Db = Pick<pg.Pool, 'query'>

interface ApplicableRule {
  id: string
  name: string
  text: string
  stages: StageChoice[]
  deputy: ApproverChoice | null
  deadlineHours: number | null
  blocksResolution: boolean
  showsRequest: boolean
  subject: string
  requesterEmail: string
  requesterName: string
  words: string
}

export interface TicketRuleDependencies {
  db: Db
  ask: (
    facts: StartFacts,
    name: 'askApproval',
    command: Command<'askApproval'>,
  ) => Promise<CommandAnswer>
  log: { warn: (facts: object, text: string) => void }
}

/** A rule cannot be followed: nothing is approved by nobody being there. */
export class NobodyToAskError extends Error {
  readonly code = 'approval-nobody-to-ask'
}

const HOUR_MS = 3_600_000
const MOST_CHARACTERS = 20_000

/**
 * Every rule that the ticket falls under now and that has not been followed on it: of its category,
 * or one around it, and of its department.
 */
const RULES = `
WITH RECURSIVE up AS (
  SELECT c.id, c.parent_id, 0 AS depth FROM category c WHERE c.id = CASE WHEN $2::boolean THEN $3::uuid ELSE (SELECT category_id FROM ticket WHERE number = $1) END
  UNION ALL SELECT c.id, c.parent_id, up.depth + 1 FROM category c JOIN up ON c.id = up.parent_id WHERE up.depth < 20
)
SELECT r.id, r.name, r.text, r.stages, r.deputy, r.deadline_hours AS "deadlineHours", r.blocks_resolution AS "blocksResolution", r.shows_request AS "showsRequest",
  t.subject, t.requester_email AS "requesterEmail", t.requester_name AS "requesterName",
  coalesce((SELECT m.text_visible FROM message m WHERE m.ticket_number = t.number AND m.direction = 'inbound' AND m.event_no IS NOT NULL ORDER BY m.event_no LIMIT 1), '') AS words
FROM ticket_approval_rule r JOIN ticket t ON t.number = $1
WHERE t.status NOT IN ('solved', 'closed') AND (r.department_id IS NULL OR r.department_id = coalesce($4::uuid, t.department_id)) AND (r.category_id IS NULL OR r.category_id IN (SELECT id FROM up))
  AND NOT EXISTS (SELECT 1 FROM approval a WHERE a.ticket_number = t.number AND a.data->'rule'->>'id' = r.id::text)
ORDER BY r.created_at, r.id`

/** An approval that a rule wants of a ticket: once on each, because its id follows from both. */
export interface WantedApproval {
  ruleId: string
  ticketSubject: string
  payload: CommandPayload<'askApproval'>
}

/**
 * What the rules want of a ticket as it is now, or will be, the texts of it written down.
 * @param placing what it is about to become.
 * @throws NobodyToAskError
 */
export async function wantedApprovals(
  db: Db,
  number: number,
  placing: { categoryId?: string | null | undefined; departmentId?: string | undefined } = {},
): Promise<WantedApproval[]> {
  const { categoryId, departmentId } = placing
  const { rows: rules } = await db.query<ApplicableRule>(RULES, [
    number,
    categoryId !== undefined,
    categoryId ?? null,
    departmentId ?? null,
  ])
  if (rules.length === 0) return []
  const people = await eligibleApprovers(db, rules, rules[0]?.requesterEmail ?? '')
  const wanted: WantedApproval[] = []
  for (const [i, rule] of rules.entries()) {
    const who = people[i]
    if (!who)
      throw new NobodyToAskError(
        `The rule “${rule.name}” wants an approval of ticket #${number}, and nobody can be asked: every approver is the requester or has no active account, and so do the admins. Ask an admin to change the rule.`,
      )
    const approvalId = derivedId(`approval of ticket ${number} by rule ${rule.id}`)
    const textId = derivedId(`text of approval ${approvalId}`)
    const text = approvalText(rule)
    const hours = rule.deadlineHours
    await db.query(
      'INSERT INTO approval_text (id, ticket_number, text) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING',
      [textId, number, text],
    )
    wanted.push({
      ruleId: rule.id,
      ticketSubject: rule.subject,
      payload: {
        approvalId,
        textId,
        ...who,
        rule: { id: rule.id, name: rule.name },
        amount: null,
        preview: preview(text),
        attachmentIds: [],
        subject: (rule.showsRequest && rule.subject
          ? `${rule.name}: ${rule.subject}`
          : rule.name
        ).slice(0, 200),
        deadline: hours === null ? null : new Date(Date.now() + hours * HOUR_MS).toISOString(),
        remindHoursBefore: hours === null ? [] : [Math.min(24, hours / 2)],
        blocks: { resolution: rule.blocksResolution, taskIds: [] },
      },
    })
  }
  return wanted
}

/**
 * Asks for them at once, where whoever places a ticket must not get past them. The ticket's workflow
 * does the same from what it owes; it does not matter how many do this, or how often.
 * @returns the ticket after the last one that was asked, undefined when there was none.
 * @throws NobodyToAskError; what `ask` throws when the ticket cannot be reached.
 */
export async function applyTicketRules(
  { db, ask, log }: TicketRuleDependencies,
  number: number,
): Promise<CommandAnswer | undefined> {
  let after: CommandAnswer | undefined
  for (const { ruleId, ticketSubject, payload } of await wantedApprovals(db, number)) {
    try {
      after = await ask({ number, resume: true, subject: ticketSubject }, 'askApproval', {
        // New each time: a refusal must not be remembered for an id.
        id: `rule-${timeOrderedId()}`,
        actor: SYSTEM,
        payload,
      })
    } catch (error) {
      // It ended or was merged meanwhile: there is nothing to approve. Reopened, it is looked at
      // again.
      if (!(error instanceof CommandRejectedError)) throw error
      log.warn(
        { ticket: number, rule: ruleId, code: error.code },
        'a rule’s approval was not asked',
      )
    }
  }
  return after
}

/**
 * What approvers read: the rule's own words, then the request; names and words alone, so that no
 * language is needed.
 */
function approvalText({
  text,
  showsRequest,
  requesterName,
  requesterEmail,
  subject,
  words,
}: ApplicableRule): string {
  const request = showsRequest
    ? [[requesterName, `<${requesterEmail}>`].filter(Boolean).join(' '), subject, words]
    : []
  return [text, ...request]
    .map((part) => part.trim())
    .filter(Boolean)
    .join('\n\n')
    .slice(0, MOST_CHARACTERS)
}
