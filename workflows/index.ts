export { mailboxWorkflow } from './mailbox/workflow.ts'
export { ticketWorkflow } from './ticket/workflow.ts'
export { warrantyWatchWorkflow } from './schedules/warranty-watch.ts'
