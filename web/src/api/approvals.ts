import type { z } from 'zod'
import type {
  Approval,
  approvalChange,
  ApproverChoice,
  LinkedApproval,
  newApproval,
  StageChoice,
} from '../../../domain/approvals/contract.ts'
import type {
  newTicketApprovalRule,
  TicketApprovalRuleView,
} from '../../../domain/approvals/rules-contract.ts'
import type {
  ApprovalRuleView,
  newApprovalRule,
  ListedPurchase,
  newPurchase,
  Purchase,
  purchaseChange,
  PurchaseFilter,
  PurchaseList,
  purchaseReceipt,
} from '../../../domain/purchases/contract.ts'
import { allPages, type Page, request } from './client.ts'

export type {
  Approval,
  ApproverChoice,
  LinkedApproval,
  ListedPurchase,
  Purchase,
  PurchaseFilter,
  StageChoice,
}
export type ApprovalRule = ApprovalRuleView
export type TicketApprovalRule = TicketApprovalRuleView
export type ApprovalView = 'waiting' | 'decided' | 'asked'
export type NewApproval = z.input<typeof newApproval>
export type NewPurchase = z.input<typeof newPurchase>
export type Decided = { decision: 'approved' | 'refused'; comment: string }

const of = ({ ticketNumber, id }: Pick<Approval, 'ticketNumber' | 'id'>, rest = ''): string =>
  `/tickets/${ticketNumber}/approvals/${id}${rest}`
const bought = ({ ticketNumber, id }: Pick<Purchase, 'ticketNumber' | 'id'>, rest = ''): string =>
  `/tickets/${ticketNumber}/purchases/${id}${rest}`

/** What is asked of whom, and what they said. */
export const approvals = {
  mine: (
    view: ApprovalView,
    cursor: string | null,
    limit = 50,
  ): Promise<Page<Approval> & { total: number }> =>
    request('GET', '/approvals', { query: { view, cursor, limit } }),
  ofTicket: (number: number, signal?: AbortSignal): Promise<Approval[]> =>
    allPages(`/tickets/${number}/approvals`, {}, signal),
  ask: (number: number, body: NewApproval): Promise<Approval> =>
    request('POST', `/tickets/${number}/approvals`, { body }),
  change: (approval: Approval, body: z.input<typeof approvalChange>): Promise<Approval> =>
    request('PATCH', of(approval), { body }),
  decide: (approval: Approval, body: Decided): Promise<Approval> =>
    request('POST', of(approval, '/decision'), { body: { ...body, round: approval.round } }),
  delegate: (approval: Approval, to: ApproverChoice, reason: string): Promise<Approval> =>
    request('POST', of(approval, '/delegation'), { body: { to, reason } }),
  withdraw: (approval: Approval, reason: string): Promise<Approval> =>
    request('POST', of(approval, '/withdrawal'), { body: { reason } }),

  linked: (token: string): Promise<LinkedApproval> =>
    request('GET', `/approval-links/${encodeURIComponent(token)}`),
  decideLinked: (token: string, body: Decided): Promise<{ decision: 'approved' | 'refused' }> =>
    request('POST', `/approval-links/${encodeURIComponent(token)}/decision`, { body }),

  delegateLinked: (token: string, to: ApproverChoice, reason: string): Promise<{ to: string }> =>
    request('POST', `/approval-links/${encodeURIComponent(token)}/delegation`, {
      body: { to, reason },
    }),
  peopleLinked: async (token: string, q: string): Promise<{ userId: string; name: string }[]> =>
    (
      await request<Page<{ userId: string; name: string }>>(
        'GET',
        `/approval-links/${encodeURIComponent(token)}/people`,
        { query: { q } },
      )
    ).items,

  rules: (): Promise<ApprovalRule[]> => allPages('/approval-rules'),
  createRule: (body: z.input<typeof newApprovalRule>): Promise<ApprovalRule> =>
    request('POST', '/approval-rules', { body }),
  changeRule: (id: string, body: Partial<z.input<typeof newApprovalRule>>): Promise<ApprovalRule> =>
    request('PATCH', `/approval-rules/${id}`, { body }),
  removeRule: (id: string): Promise<void> => request('DELETE', `/approval-rules/${id}`),

  ticketRules: (): Promise<TicketApprovalRule[]> => allPages('/ticket-approval-rules'),
  createTicketRule: (body: z.input<typeof newTicketApprovalRule>): Promise<TicketApprovalRule> =>
    request('POST', '/ticket-approval-rules', { body }),
  changeTicketRule: (
    id: string,
    body: Partial<z.input<typeof newTicketApprovalRule>>,
  ): Promise<TicketApprovalRule> => request('PATCH', `/ticket-approval-rules/${id}`, { body }),
  removeTicketRule: (id: string): Promise<void> =>
    request('DELETE', `/ticket-approval-rules/${id}`),
}

/** What is bought, from the draft to what arrives. */
export const purchases = {
  ofTicket: (number: number, signal?: AbortSignal): Promise<Purchase[]> =>
    allPages(`/tickets/${number}/purchases`, {}, signal),
  draft: (number: number, body: NewPurchase): Promise<Purchase> =>
    request('POST', `/tickets/${number}/purchases`, { body }),
  change: (
    purchase: Purchase,
    body: Omit<z.input<typeof purchaseChange>, 'revision'>,
  ): Promise<Purchase> =>
    request('PATCH', bought(purchase), { body: { ...body, revision: purchase.revision } }),
  submit: (purchase: Purchase): Promise<Purchase> =>
    request('POST', bought(purchase, '/submission'), { body: { revision: purchase.revision } }),
  order: (purchase: Purchase, reference: string): Promise<Purchase> =>
    request('POST', bought(purchase, '/order'), { body: { reference } }),
  cancel: (purchase: Purchase, reason: string): Promise<Purchase> =>
    request('POST', bought(purchase, '/cancellation'), { body: { reason } }),
  list: (filter: PurchaseFilter, cursor: string | null): Promise<PurchaseList> =>
    request('GET', '/purchases', { query: { ...filter, cursor, limit: 50 } }),
  exportUrl: (filter: PurchaseFilter): string =>
    `/api/v1/purchases.csv?${new URLSearchParams(Object.entries(filter).filter((pair): pair is [string, string] => Boolean(pair[1]))).toString()}`,
  receive: (purchase: Purchase, body: z.input<typeof purchaseReceipt>): Promise<Purchase> =>
    request('POST', bought(purchase, '/receipt'), { body }),
}
