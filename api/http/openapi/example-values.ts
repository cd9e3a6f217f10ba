import { createHash } from 'node:crypto'
import type { JsonSchema } from './json-schema.ts'

/** What shows that nobody has said what a field holds; a test finds it. */
export const FILLER = 'Text'

/** Moments and days of one ticket's life, by the names of fields; others are at NOON. */
const NOON = '2026-01-31T12:00:00.000Z'
const moments: Record<string, string> = {
  addedAt: '2026-01-31T09:15:00.000Z',
  askedAt: '2026-01-31T09:20:00.000Z',
  createdAt: '2026-01-31T09:00:00.000Z',
  openedAt: '2026-01-31T09:00:00.000Z',
  startedAt: '2026-01-31T11:45:00.000Z',
  storedAt: '2026-01-31T09:00:00.000Z',
  from: '2026-01-31T09:00:00.000Z',
  since: '2026-01-31T09:30:00.000Z',
  warnAt: '2026-02-02T14:00:00.000Z',
  dueAt: '2026-02-02T16:00:00.000Z',
  deadline: '2026-02-02T16:00:00.000Z',
  until: '2026-02-02T08:00:00.000Z',
  expiresAt: '2026-02-14T09:00:00.000Z',
}
const days: Record<string, string> = {
  from: '2026-01-01',
  to: '2026-01-31',
  holiday: '2026-12-25',
  issuedOn: '2026-01-15',
  purchasedOn: '2026-01-15',
  endsOn: '2029-01-14',
  warrantyEnds: '2029-01-14',
}

const TOKEN = 'guichet_EUaXo7n2Vb4cQ9pTfLw1kZs6'
const NEXT = 'WyIyMDI2LTAxLTMxVDA5OjMwOjAwLjAwMFoiLDEwNDJd'
const ADDRESS_OF_TOKEN = '6Jd0sVb4cQ9pTfLw1kZsEUaXo7n2'

/** What fields hold, by the name of what has them and their own: `Department.name`, or `name`. */
const values: Record<string, unknown> = {
  // People: agents of the desk, an approver, and who asks.
  'Approver.email': 'paula@desk.example',
  'Approver.name': 'Paula Berg',
  'ApproverChoice.email': 'paula@desk.example',
  'ApproverChoice.name': 'Paula Berg',
  'Contact.email': 'anna@client.example',
  'Contact.name': 'Anna Weber',
  'Deputy.email': 'tom@desk.example',
  'Deputy.name': 'Tom Ames',
  'People.email': 'paula@desk.example',
  'People.key': 'paula@desk.example',
  'People.name': 'Paula Berg',
  role: 'agent',
  'Person.email': 'ida@desk.example',
  'Requester.email': 'anna@client.example',
  'Requester.name': 'Anna Weber',
  'RequestedBy.name': 'Ida Marsh',
  'Vote.key': 'paula@desk.example',
  'Vote.name': 'Paula Berg',
  'Actor.email': 'anna@client.example',
  approver: 'Paula Berg',
  askedBy: 'Ida Marsh',
  delegatedTo: 'Tom Ames',
  standsFor: 'Tom Ames',
  notedBy: 'Ida Marsh',
  email: 'ida@desk.example',
  name: 'Ida Marsh',
  user: 'ida@desk.example',
  requester: 'anna@client.example',
  participant: 'anna@client.example',
  otherAddress: 'a.weber@client.example',
  'ContactAddress.address': 'a.weber@client.example',

  // The names of things.
  'Asset.name': 'Laptop 14',
  'Calendar.name': 'Office hours',
  'Category.name': 'Hardware',
  'Document.name': 'Invoice 2026-0042',
  'Check.name': 'workers',
  'HealthFinding.detail': '535 5.7.8 Authentication failed',
  'HealthFinding.subject': 'it@desk.example',
  'CustomField.name': 'Room',
  'Department.name': 'IT',
  'Level.name': 'Standard',
  'Location.name': 'Room 201',
  'Location.kind': 'room',
  'Part.name': 'Docking station',
  'PartOf.name': 'Desk 14',
  'Rule.name': 'New hardware',
  'Sample.name': 'Laptop 14',
  'ServiceLevel.name': 'Standard',
  'TaskTemplate.name': 'New colleague',
  'Template.name': 'We are looking into it',
  'TicketApprovalRule.name': 'New hardware',
  'TicketField.name': 'Room',
  'ApiToken.name': 'Import of assets',
  'Token.name': 'Import of assets',

  // Words that people write.
  'Approval.subject': 'A new printer',
  'Asked.value': 'solved',
  'KeptCommand.id': 'f5f9e9f4-0c3e-4d0a-9f5b-6a3a3a1f2b7c',
  'OwnKeptCommand.id': 'f5f9e9f4-0c3e-4d0a-9f5b-6a3a3a1f2b7c',
  'Approval.text': 'The old one jams on every page, and a repair costs more.',
  'BlockedBy.title': 'Ask for an offer',
  'Checklist.text': 'Take the old one away',
  'ChildrenAnswer.text': 'The network is back.',
  'Confirmation.text': 'I have received this.',
  'Confirmation.reason': '',
  'ConfirmationAnswer.reason': 'The charger is missing.',
  'Delegation.reason': 'On holiday until Friday.',
  'LinkDelegation.reason': 'On holiday until Friday.',
  'Line.title': 'Order the laptop',
  'Note.text': 'She is on holiday until Friday.',
  'Purchase.title': 'A new printer',
  'PurchaseCancellation.reason': 'The old one could be repaired.',
  'QuarantineItem.reason': 'mail-unreadable: the mail is empty',
  'SplitRequest.subject': 'The screen flickers',
  'Task.title': 'Order toner',
  'TicketApprovalRule.text': 'Please decide about this request.',
  'Withdrawal.reason': 'Not needed any more.',
  'Preferences.signature': 'Ida Marsh, IT Support',
  attachment: 'offer.pdf',
  body: 'Hello {{requester.name}}, we are looking into it.',
  checklist: 'Take the old one away',
  comment: 'Within the budget.',
  html: '<p>It jams on every page.</p>',
  'Message.html': '<p>Please switch it off and on again.</p>',
  'Message.text': 'Please switch it off and on again.',
  'Message.textVisible': 'Please switch it off and on again.',
  note: 'On site.',
  notes: 'The key hangs in the office.',
  overrideReason: 'The customer does not need it any more.',
  preview: 'It jams on every page.',
  reason: 'Bought by another department.',
  payload: '{"priority":"high"}',
  signature: 'IT Support',
  subject: 'The printer jams',
  text: 'It jams on every page.',
  textVisible: 'It jams on every page.',
  ticketSubject: 'The printer jams',
  title: 'Invoice 2026-0042',

  // Mail.
  address: 'it@desk.example',
  afterImport: 'flag',
  cc: 'tom@client.example',
  contentId: 'picture1@mail.example',
  contentType: 'application/pdf',
  domain: 'client.example',
  'Dkim.domain': 'desk.example',
  filename: 'invoice.pdf',
  flag: 'stranger',
  'Message.direction': 'outbound',
  'Message.state': 'sent',
  folder: 'INBOX',
  from: 'IT Support <it@desk.example>',
  'QuarantineItem.from': 'Anna Weber <anna@client.example>',
  'From.name': 'IT Support',
  'To.address': 'anna@client.example',
  'To.name': 'Anna Weber',
  'Cc.name': 'Tom Ray',
  'Cc.address': 'tom@client.example',
  host: 'mail.example',
  internetId: 'b1a7f1c2@mail.example',
  inReplyTo: 'a04c9d17@mail.example',
  lastError: null,
  lastErrorExplanation: null,
  reasonExplanation: [{ code: 'mail-empty', values: {} }],
  stateExplanation: '250 OK',
  holiday: '2026-12-25',
  mailbox: 'it@desk.example',
  mailboxAddress: 'it@desk.example',
  oneWayFrom: 'DoNotReply <donotreply@desk.example>',
  oauth2Provider: 'microsoft',
  clientId: '8f2c1c1e-5a54-4b0f-9d3c-2f7f5c0a1b11',
  clientSecret: 'the secret of the application',
  refreshToken: 'the refresh token',
  tenant: 'desk.example',
  privateKey: '-----BEGIN PRIVATE KEY-----',
  selector: 'guichet',
  senderFrom: 'IT Support <it@desk.example>',
  stateDetail: '250 OK',
  to: 'anna@client.example',
  'Imap.user': 'it@desk.example',
  'Smtp.user': 'it@desk.example',
  'Imap.port': 993,
  'Smtp.port': 587,

  // What is bought and owned.
  amount: '1290.00',
  costCentre: 'CC-4100',
  csv: 'name,type\nLaptop 14,notebook\n',
  base64: 'bmFtZSx0eXBlCkxhcHRvcCxub3RlYm9vawo=',
  currency: 'EUR',
  departmentName: 'IT',
  fromAmount: '500.00',
  item: 'Notebook 14"',
  'AssetTypes.item': 'notebook',
  model: 'Notebook 14',
  number: '2026-0042',
  orderReference: 'PO-2026-0042',
  path: 'Berlin / Room 201',
  price: '1290.00',
  quantity: '1',
  received: '0',
  reference: 'PO-2026-0042',
  serial: 'SN-4711',
  supplier: 'Printers & Co.',
  type: 'notebook',
  unitPrice: '1290.00',
  version: '3.1',
  'Item.id': '1042',
  'AssetHistory.id': '1042-7',
  'AssetHistory.change': 'changed',
  'AssetHistory.field': 'location',
  'AssetHistory.from': 'Berlin / Room 104',
  'AssetHistory.to': 'Berlin / Room 201',
  'ImportError.column': 'status',
  'ImportError.code': 'status-unknown',
  'ImportError.value': 'borrowed',
  'ImportError.message': 'This is no status. Write in stock, in use, in repair, retired or lost.',

  // Words of classification and reports.
  by: 'Ida Marsh',
  category: 'Hardware',
  choice: 'Room 201',
  code: 'ticket-not-opened',
  de: 'Repariert',
  department: 'IT',
  en: 'Repaired',
  fr: 'Réparé',
  key: 'repaired',
  resolution: 'repaired',
  priority: 'normal',
  defaultPriority: 'normal',
  escalatePriority: 'high',
  impact: 'medium',
  urgency: 'medium',
  'Low.low': 'low',
  'Low.medium': 'low',
  'Low.high': 'normal',
  'Medium.low': 'low',
  'Medium.medium': 'normal',
  'Medium.high': 'high',
  'High.low': 'normal',
  'High.medium': 'high',
  'High.high': 'urgent',
  status: 'open',
  'Mailbox.status': 'watching',
  ticketStatus: 'open',
  tag: 'printer',
  zone: 'Europe/Berlin',
  'CustomField.kind': 'choice',
  'TicketField.kind': 'choice',
  'TicketField.value': 'Room 201',
  'Field.value': 'Room 201',
  'New.en': 'New',
  'New.fr': 'Nouveau',
  'New.de': 'Neu',
  'Open.en': 'In progress',
  'Open.fr': 'En cours',
  'Open.de': 'In Arbeit',
  'Waiting.en': 'Waiting for you',
  'Waiting.fr': 'En attente de vous',
  'Waiting.de': 'Wartet auf Sie',
  'Solved.en': 'Done',
  'Solved.fr': 'Fait',
  'Solved.de': 'Erledigt',
  'Closed.en': 'Closed',
  'Closed.fr': 'Clos',
  'Closed.de': 'Geschlossen',

  // Signing in.
  current: 'the password until now',
  password: 'correct horse battery',
  right: 'ticket.work',
  setupUrl: `https://guichet.example/setup/${ADDRESS_OF_TOKEN}`,
  token: ADDRESS_OF_TOKEN,
  'Token.token': TOKEN,
  'Setup.purpose': 'invitation',

  // What Guichet says by itself.
  'Check.detail': 'ask for work',
  'ConnectionTest.code': 'ok',
  'ConnectionTest.message':
    'Signed in at mail.example as it@desk.example; the folder INBOX holds 12 mails.',
  'ConnectionTest.explanation':
    'Signed in at mail.example as it@desk.example; the folder INBOX holds 12 mails.',
  'ConnectionTest.detail': { mails: 12, encrypted: true, milliseconds: 180 },
  'AlertTest.message': 'Signed in at mail.example, and the message was taken.',
  'FailedOfOne.message':
    'Required tasks are open: Order the cable. Finish or cancel them first, or change the status and give a reason.',
  'FailedOfOne.code': 'tasks-open',
  'FailedOfOne.values': { tasks: 'Order the cable' },
  'Kept.detail': 'Guichet has kept this and will do it as soon as it can.',
  'Notification.data': { by: 'Anna Weber', preview: 'It jams on every page.' },
  'Notification.kind': 'replyArrived',
  'TicketEvent.data': { from: 'new', to: 'open', reason: 'agent' },
  'TicketEvent.type': 'statusChanged',
  answeredFrom: '198.51.100.7',
  commandId: '01981f2e-7a3c-7b54-9d21-4f0c8e6a1b2d',
  'Command.id': '01981f2e-7a3c-7b54-9d21-4f0c8e6a1b2d',
  'CommandState.code': null,
  'CommandState.detail': null,
  'CommandState.values': null,
  'CommandState.written': null,
  cursor: NEXT,
  next: NEXT,
  q: 'printer',
  inline: '1',
  unread: '1',
  'Webhook.url': 'https://alerts.example/guichet',
  'Webhook.secret': `whsec_${btoa(NEXT)}`,
  workflowUrl: 'https://temporal.example/namespaces/default/workflows/ticket-1042',

  // How it stands with a ticket that waits for its requester, so that an example agrees with itself.
  'Ticket.closedAt': null,
  'Ticket.mergedInto': null,
  'Ticket.resolution': null,
  'Ticket.snooze': null,
  'Ticket.snoozedUntil': null,
  'Ticket.solvedAt': null,
  'Ticket.splitFrom': null,
  'TicketSummary.snoozedUntil': null,
  'TicketAsOf.closedAt': null,
  'TicketAsOf.resolution': null,
  'TicketAsOf.solvedAt': null,
  'Approval.escalatedAt': null,
  'Confirmation.state': 'given',
  'Purchase.state': 'ordered',
  'Asset.status': 'inUse',
  'Sample.status': 'inUse',
  'Approval.state': 'approved',
  'Approval.mayDecide': false,
  'People.awaited': false,
  'TicketSla.snooze': null,
  'People.standsFor': null,
  'People.delegatedTo': null,
  'Task.endedAt': null,
  'Notification.readAt': null,
  'Message.heldUntil': null,
  'Message.revocable': false,
  'OutboxItem.state': 'sent',
  'TargetExplanation.metAt': null,

  again: false,
  allowInvalidCertificate: false,
  automatic: false,
  cancelled: false,
  deliveryTrouble: false,
  hasKeptCommands: false,
  'People.deputy': false,
  done: false,
  hasRemoteImages: false,
  'Attachment.inline': false,
  missing: false,
  oneWay: false,
  snoozed: false,

  // Numbers.
  'Link.number': 1043,
  'Document.number': '2026-0042',
  ticketNumber: 1042,
  ticket: 1042,
  childOf: 1041,
  fromTicket: 1042,
  other: 1043,
  into: 1043,
  'MergedTicket.number': 1043,
  'SplitOff.number': 1044,
  'Ledger.duplicate': 1,
  'Ledger.ignored': 4,
  'Ledger.quarantine': 0,
  'Ledger.reply': 61,
  'Ledger.report': 2,
  'Ledger.ticket': 38,
  'Ledger.waiting': 0,
  'Ticket.version': 7,
  'TicketAsOf.version': 7,
  all: 20,
  assets: 2,
  attempts: 1,
  billableMinutes: 15,
  changed: 2,
  closeAfter: 20160,
  reminder: 4320,
  days: 14,
  deadlineHours: 48,
  dueInHours: 24,
  eventNo: 3,
  expectedVersion: 7,
  firstResponse: 60,
  'ServiceLevel.resolution': 480,
  'Rule.count': 2,
  holdSeconds: 10,
  imported: 11,
  errorTotal: 1,
  kept: 0,
  limit: 50,
  line: 4,
  messageCount: 4,
  mine: 3,
  minutes: 15,
  'TargetExplanation.minutes': 480,
  usedMinutes: 120,
  needed: 1,
  no: 3,
  notified: 2,
  open: 12,
  openTickets: 1,
  ordinal: 0,
  overdue: 1,
  total: 1,
  'AssetImportResult.total': 12,
  port: 993,
  position: 1,
  remindHoursBefore: 24,
  revision: 1,
  round: 1,
  seats: 25,
  seatsUsed: 12,
  size: 48213,
  solved: 5,
  stage: 1,
  ticketCount: 5,
  tickets: 5,
  trouble: 0,
  unassigned: 2,
  'NotificationCount.unread': 3,
  warnPercent: 75,
  watching: 2,
  weekday: 1,
  'Weekly.from': 540,
  'Weekly.to': 1020,
}

/**
 * What a field holds.
 * @param owner the schema, or the field, that has it.
 * @returns undefined when nothing here says it, or what is said does not fit this schema.
 */
export function exampleOfField(owner: string, name: string, schema: JsonSchema): unknown {
  const kind = kindOf(owner)
  for (const key of [`${kind}.${name}`, name]) {
    const value = values[key]
    if (value !== undefined && fits(value, schema)) return value
  }
  if (schema.format === 'uuid')
    return uuidOf(name === 'id' ? kind : capitalised(name.replace(/Id$/, '')))
  if (schema.format === 'date-time') return moments[name] ?? NOON
  if (schema.format === 'date') return days[name] ?? NOON.slice(0, 10)
  if (name === 'number' && isType(schema, 'integer')) return 1042
  return undefined
}

const capitalised = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1)

/** Schemas that speak of the same thing have one name: NewAsset, AssetChange, AssetDetail. */
const kindOf = (owner: string): string =>
  capitalised(owner)
    .replace(/^(New|Created|Listed|Linked)(?=[A-Z])/, '')
    .replace(/(?<=[a-z])(Change|Detail|View|Entry|Input|Offer|Settings)+$/, '')

/** People have ids of one kind, whatever they are to a ticket. */
const roles =
  /^(Actor|Assignee|Author|AskedBy|Colleague|.*Owner|Me|NotedBy|Person|RequestedBy|Watcher)$/

/** The id of a thing: the same wherever it is named. */
function uuidOf(kind: string): string {
  const hash = createHash('sha256')
    .update(roles.test(kind) ? 'User' : kind)
    .digest('hex')
  return `01981f2e-7a3c-7b54-9d21-${hash.slice(0, 12)}`
}

const isType = ({ type }: JsonSchema, name: string): boolean => [type].flat().includes(name)

function fits(value: unknown, schema: JsonSchema): boolean {
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return choices.some((one) => fits(value, one))
  if (schema.enum) return schema.enum.includes(value)
  if (schema.const !== undefined) return schema.const === value
  if (value === null) return isType(schema, 'null')
  switch (typeof value) {
    case 'string':
      return isType(schema, 'string') && fitsText(value, schema)
    case 'number':
      return (isType(schema, 'integer') || isType(schema, 'number')) && fitsNumber(value, schema)
    case 'boolean':
      return isType(schema, 'boolean')
    default:
      return isType(schema, Array.isArray(value) ? 'array' : 'object')
  }
}

const fitsNumber = (value: number, schema: JsonSchema): boolean =>
  value >= (schema.minimum ?? -Infinity) &&
  value <= (schema.maximum ?? Infinity) &&
  value > (schema.exclusiveMinimum ?? -Infinity)

const fitsText = (
  word: string,
  { format, pattern, minLength = 0, maxLength = Infinity }: JsonSchema,
): boolean =>
  (format === undefined || /^(email|base64|uri)$/.test(format)) &&
  word.length >= minLength &&
  word.length <= maxLength &&
  (pattern === undefined || new RegExp(pattern, 'u').test(word))
