/** Approval requests and purchase requests: what a ticket's workflow holds of them. Small: texts that may be long stay in the claim check. */
export type ApprovalState = object

export const noApprovalState = (): ApprovalState => ({})
