/** Approval requests and purchase requests: what people and Guichet may ask. */
export const approvalCommands = {} as const
