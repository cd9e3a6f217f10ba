/** Service levels, waiting for the requester, snooze: what a ticket's workflow holds of them. Small: texts that may be long stay in the claim check. */
export type ServiceState = object

export const noServiceState = (): ServiceState => ({})
