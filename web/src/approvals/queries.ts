import { below } from '../api/cache.ts'
import type { Answer } from '../api/client.ts'
import { list, pages, query } from '../api/query.ts'

export type ApprovalView = 'waiting' | 'decided' | 'asked'

/** What the keys of one's own approvals begin in. */
export const myApprovalsKey = below('/approvals')

/** The stream tells approvers nothing of tickets: what waits for them is asked for again. */
const ASK_AGAIN_MS = 60_000

export const approvalsQuery = (number: number) =>
  list('/tickets/{number}/approvals', { path: { number } })
export const approvalCountQuery = (enabled: boolean) => ({
  ...query('/approvals', { query: { view: 'waiting', limit: 1 } }),
  select: ({ total }: Answer<'/approvals'>) => total,
  enabled,
  refetchInterval: ASK_AGAIN_MS,
})
export const myApprovalsQuery = (view: ApprovalView) => ({
  ...pages('/approvals', { query: { view } }),
  refetchInterval: ASK_AGAIN_MS,
})
export const ticketApprovalRulesQuery = () => list('/ticket-approval-rules')
export const approvalRulesQuery = () => list('/approval-rules')
/** How many of a ticket's requests wait for somebody. */
export const ticketApprovalCountQuery = (number: number) => ({
  ...approvalsQuery(number),
  select: (all: Answer<'/tickets/{number}/approvals'>['items']) =>
    all.filter(({ state }) => state === 'waiting').length,
})
