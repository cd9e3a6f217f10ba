export { mailboxWorkflow } from './mailbox.ts'
export { ticketWorkflow } from './ticket.ts'
