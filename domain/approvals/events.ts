/** Approval requests and purchase requests: what can have happened. */
export const approvalEvents = {} as const
