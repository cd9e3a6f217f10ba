import type { TemplateFacts } from '../../../domain/mail-out/placeholders.ts'

const known: Record<keyof TemplateFacts, true> = {
  'requester.name': true,
  'ticket.number': true,
  'ticket.subject': true,
  'agent.name': true,
  'department.name': true,
}

/** The variables of signatures and templates, as they are written. */
export const variableNames = Object.keys(known)
  .map((name) => `{{${name}}}`)
  .join(' ')
