import { area } from '../http/area.ts'
import { approvalLinkRoutes } from './approval-link-routes.ts'
import { approvalRoutes } from './approval-routes.ts'
import { approvalRuleRoutes } from './approval-rule-routes.ts'
import { ticketApprovalRuleRoutes } from './ticket-approval-rule-routes.ts'

/** Who is asked and what they said, signed in or by a personal link, and the rules that ask. */
export const approvals = area(
  'Approvals',
  'Who is asked and what they said, signed in or by a personal link, and the rules that ask.',
  [approvalRoutes, approvalLinkRoutes, approvalRuleRoutes, ticketApprovalRuleRoutes],
)
