import type { Parameter } from './json-schema.ts'

/** What a part of a path names, by its own name. */
const inPath: Record<string, string> = {
  number: 'The ticket’s number, as in its subject.',
  other: 'The other ticket’s number.',
  email: 'The contact’s e-mail address; any of several will do.',
  address: 'One of the contact’s e-mail addresses.',
  token: 'What the personal link ends with. It is a secret.',
  kind: 'What links the two tickets.',
  key: 'The resolution’s key.',
  userId: 'The person’s id.',
  assetId: 'The asset’s id.',
  documentId: 'The document’s id.',
  attachmentId: 'The attachment’s id.',
}

/** What an `id` names, by the part of the path before it. */
const idOf: Record<string, string> = {
  commands: 'The command’s id, as the answer 202 gives it.',
  messages: 'The message’s id.',
  attachments: 'The attachment’s id.',
  fields: 'The custom field’s id.',
  tasks: 'The task’s id.',
  time: 'The time entry’s id.',
  approvals: 'The approval’s id.',
  purchases: 'The purchase request’s id.',
  confirmations: 'The confirmation’s id.',
  assets: 'The asset’s id.',
  documents: 'The document’s id.',
  users: 'The person’s id.',
  tokens: 'The API token’s id.',
  departments: 'The department’s id.',
  mailboxes: 'The mailbox’s id.',
  categories: 'The category’s id.',
  templates: 'The template’s id.',
  'task-templates': 'The task template’s id.',
  calendars: 'The calendar’s id.',
  'service-levels': 'The service level’s id.',
  'custom-fields': 'The custom field’s id.',
  'approval-rules': 'The approval rule’s id.',
  'ticket-approval-rules': 'The approval rule’s id.',
  locations: 'The location’s id.',
  quarantine: 'The mail’s id.',
  'unwritten-commands': 'The id of the command as it waits here.',
}

/** What a parameter of a query asks for. */
const inQuery: Record<string, string> = {
  cursor: '`next` of the page before; left out: the first page.',
  limit: 'How many a page holds at most.',
  q: 'Words to be found, all of them.',
  view: 'Which part of the list.',
  status: 'Only those with this status.',
  priority: 'Only those with this priority.',
  department: 'Only those of this department, by its id.',
  owner: 'Only those of this owner: an id, `me` or `none`.',
  requester: 'Only those of whoever has this e-mail address.',
  category: 'Only those of this category, by its id.',
  resolution: 'Only those that ended in this way, by its key.',
  tag: 'Only those with this tag.',
  due: '`overdue`; `day`: or within 24 hours; `any`: due at all.',
  sort: 'By what the list is ordered.',
  location: 'Only what is at this location or in there, by its id.',
  state: 'Only those in this state.',
  type: 'Only those of this type, as it is written.',
  user: 'Only those of whoever has this e-mail address.',
  kind: 'Only those of this kind.',
  role: 'Only people with this role.',
  unread: 'Only those that were not read.',
  person: 'Only the time of this person, by their id.',
  ticket: 'Only the time on this ticket, by its number.',
  from: 'Not before this day or moment.',
  to: 'Not after this day or moment.',
  by: 'By what rows or sums are told apart.',
  zone: 'The time zone in which days begin: an IANA name such as Europe/Paris.',
  at: 'As it was at this moment; or name a version.',
  version: 'As it was after this event of its history; or name a moment.',
  inline: 'To be shown in a page instead of saved; only for pictures that are safe.',
  reason: 'Why, for the history.',
}

/**
 * @param path of the operation.
 * @returns the parameter with a sentence that says what it is; its schema's own goes first.
 */
export function described(path: string, parameter: Parameter): Parameter {
  const { name, in: place } = parameter
  const own = parameter.description
  const before = /\/([^/]+)\/\{id\}/.exec(path)?.[1] ?? ''
  const known = place === 'query' ? inQuery[name] : name === 'id' ? idOf[before] : inPath[name]
  const description = own ?? known
  return description === undefined ? parameter : { ...parameter, description }
}
