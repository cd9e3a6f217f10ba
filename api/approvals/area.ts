import { area } from '../http/area.ts'
import { approvalDecisionRoutes } from './approval-decision-routes.ts'
import { approvalLinkRoutes } from './approval-link-routes.ts'
import { approvalListRoutes } from './approval-list-routes.ts'
import { approvalRoutes } from './approval-routes.ts'
import { approvalRuleRoutes } from './approval-rule-routes.ts'
import { ticketApprovalRuleRoutes } from './ticket-approval-rule-routes.ts'

/** Who is asked and what they said, signed in or by a personal link, and the rules that ask. */
export const approvals = area(
  'Approvals',
  'Who is asked and what they said, signed in or by a personal link, and the rules that ask.',
  [
    approvalListRoutes,
    approvalRoutes,
    approvalDecisionRoutes,
    approvalLinkRoutes,
    approvalRuleRoutes,
    ticketApprovalRuleRoutes,
  ],
)
