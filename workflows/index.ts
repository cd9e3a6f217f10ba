export { mailboxWorkflow } from './mailbox.ts'
export { ticketWorkflow } from './ticket.ts'
export { warrantyWatchWorkflow } from './warranty-watch.ts'
