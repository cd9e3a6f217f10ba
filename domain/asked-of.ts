import { commands } from './areas.ts'
import type { Asked, AskedKind } from './asked.ts'
import type { FieldValue } from './classification/custom-fields.ts'
import type { CommandName, CommandPayload } from './commands.ts'
import { cut } from './cut.ts'
import type { Ticket } from './ticket.ts'
import { wellFormedText } from './well-formed-text.ts'

/** Units of a name or a value: enough to know it again. */
const MOST_TEXT = 120
/** All tags: whoever adds one more sets these too. */
const MOST_TAGS = 2_000
/** Of one command, such as a change of many properties. */
const MOST_PARTS = 12

/**
 * What a command asks, for people. Pure.
 * @param ticket as it is known: what the command names by its id is looked up there.
 * @param name of a row of the table of commands.
 * @returns nothing for what Guichet asks by itself, and for what nobody understands.
 */
export function askedOf(ticket: Ticket, name: string, payload: unknown): Asked[] {
  if (!isTold(name)) return []
  const tell = rows[name] as Teller
  const read = commands[name].payload.safeParse(payload)
  return read.success ? tell(ticket, read.data).slice(0, MOST_PARTS).map(short) : []
}

type Teller = (ticket: Ticket, payload: unknown) => Asked[]
/** Is there anything to tell of such a command? */
export const isTold = (name: string): name is CommandName => Object.hasOwn(rows, name)

const short = ({ what, name, value }: Asked): Asked => ({
  what,
  ...(name ? { name: cut(wellFormedText(name), MOST_TEXT) } : {}),
  ...(value
    ? { value: cut(wellFormedText(value), what === 'setTags' ? MOST_TAGS : MOST_TEXT) }
    : {}),
})

const one = (what: AskedKind, name = '', value = ''): Asked[] => [{ what, name, value }]

/** Set to something, or emptied. */
const set = (what: AskedKind, empty: AskedKind, value: string | null | undefined): Asked[] =>
  value ? one(what, '', value) : one(empty)

const taskOf = ({ tasks }: Ticket, id: string | null): string =>
  tasks.find((task) => task.id === id)?.title ?? ''
const approvalOf = ({ approvals }: Ticket, id: string): string =>
  approvals.find((approval) => approval.id === id)?.subject ?? ''
const purchaseOf = ({ purchases }: Ticket, id: string): string =>
  purchases.find((purchase) => purchase.id === id)?.title ?? ''
const nameOf = ({ name, email }: { name: string; email: string }): string => name || email

const fieldText = (value: FieldValue): string =>
  typeof value === 'object' ? (value?.name ?? '') : String(value)

const onTask =
  (what: AskedKind) =>
  (ticket: Ticket, { taskId }: { taskId: string }): Asked[] =>
    one(what, taskOf(ticket, taskId))
const onPurchase =
  (what: AskedKind) =>
  (ticket: Ticket, { purchaseId }: { purchaseId: string }): Asked[] =>
    one(what, purchaseOf(ticket, purchaseId))

function taskChanges(ticket: Ticket, p: CommandPayload<'changeTask'>): Asked[] {
  const name = taskOf(ticket, p.taskId)
  const { title, dueAt, required, after, checklist } = p
  return [
    ...(title === undefined ? [] : one('renameTask', name, title)),
    ...(dueAt === undefined
      ? []
      : dueAt === null
        ? one('removeTaskDue', name)
        : one('setTaskDue', name, dueAt)),
    ...([required, after, checklist].every((part) => part === undefined)
      ? []
      : one('changeTask', name)),
  ]
}

function clockOf(ticket: Ticket, taskId: string | null, whole: AskedKind, onOne: AskedKind) {
  return taskId === null ? one(whole) : one(onOne, taskOf(ticket, taskId))
}

function weights(ticket: Ticket, { impact, urgency }: CommandPayload<'setImpact'>): Asked[] {
  return [
    ...(impact === ticket.impact ? [] : set('setImpact', 'removeImpact', impact)),
    ...(urgency === ticket.urgency ? [] : set('setUrgency', 'removeUrgency', urgency)),
  ]
}

/** What each command asks. */
const rows: { [N in CommandName]?: (ticket: Ticket, payload: CommandPayload<N>) => Asked[] } = {
  changeProperties: (ticket, { steps }) =>
    steps
      .filter(({ bySystem, optional }) => !bySystem && !optional)
      .flatMap(({ name, payload }) =>
        name === 'changeProperties' ? [] : askedOf(ticket, name, payload),
      ),
  changeStatus: (_, { status, resolution }) => [
    ...one('setStatus', '', status),
    ...(resolution ? one('setResolution', '', resolution) : []),
  ],
  changeOwner: (_, { owner }) => set('setOwner', 'removeOwner', owner?.name),
  changePriority: (_, { priority }) => one('setPriority', '', priority),
  changeCategory: (_, { category }) => set('setCategory', 'removeCategory', category?.name),
  changeResolution: (_, { resolution }) => set('setResolution', 'removeResolution', resolution),
  changeDepartment: (_, { department }) => one('setDepartment', '', department.name),
  setLocation: (_, { location }) => set('setLocation', 'removeLocation', location?.name),
  changeSubject: (_, { subject }) => one('setSubject', '', subject),
  setImpact: weights,
  setTags: (_, { tags }) => set('setTags', 'removeTags', tags.join(', ')),
  setField: (_, { name, value }) =>
    value === null || value === ''
      ? one('emptyField', name)
      : one('setField', name, fieldText(value)),
  addWatcher: (_, { watcher }) => one('addWatcher', watcher.name),
  removeWatcher: (_, { watcher }) => one('removeWatcher', watcher.name),
  linkTicket: (_, { number }) => one('linkTicket', `#${number}`),
  unlinkTicket: (_, { number }) => one('unlinkTicket', `#${number}`),

  openTicket: () => one('openTicket'),
  openSplit: () => one('openTicket'),
  reply: (_, { preview, status }) => [
    ...one('reply', preview),
    ...(status === undefined ? [] : one('setStatus', '', status)),
  ],
  cancelReply: () => one('cancelReply'),
  retryMessage: () => one('retryMessage'),
  addNote: (_, { preview }) => one('addNote', preview),

  addTask: (_, { title }) => one('addTask', title),
  changeTask: taskChanges,
  assignTask: (ticket, { taskId, assignee }) =>
    assignee
      ? one('assignTask', taskOf(ticket, taskId), assignee.name)
      : one('unassignTask', taskOf(ticket, taskId)),
  moveTask: onTask('moveTask'),
  tickChecklistItem: ({ tasks }, { taskId, itemId, done }) =>
    one(
      done ? 'tickItem' : 'untickItem',
      tasks.find(({ id }) => id === taskId)?.checklist.find(({ id }) => id === itemId)?.text,
    ),
  startTask: onTask('startTask'),
  finishTask: onTask('finishTask'),
  reopenTask: onTask('reopenTask'),
  cancelTask: onTask('cancelTask'),
  startClock: (ticket, { taskId }) => clockOf(ticket, taskId, 'startClock', 'startTaskClock'),
  stopClock: (ticket, { clockId }) =>
    clockOf(
      ticket,
      ticket.runningClocks.find(({ id }) => id === clockId)?.taskId ?? null,
      'stopClock',
      'stopTaskClock',
    ),
  recordTime: () => one('recordTime'),
  correctTime: () => one('correctTime'),
  removeTime: () => one('removeTime'),

  askApproval: (_, { subject }) => one('askApproval', subject),
  changeApproval: (ticket, { approvalId, subject }) =>
    one('changeApproval', subject ?? approvalOf(ticket, approvalId)),
  decideApproval: (ticket, { approvalId, decision }) =>
    one(decision === 'approved' ? 'approve' : 'refuse', approvalOf(ticket, approvalId)),
  delegateApproval: (ticket, { approvalId, to }) =>
    one('delegateApproval', approvalOf(ticket, approvalId), nameOf(to)),
  withdrawApproval: (ticket, { approvalId }) =>
    one('withdrawApproval', approvalOf(ticket, approvalId)),

  draftPurchase: (_, { title }) => one('draftPurchase', title),
  changePurchase: (ticket, { purchaseId, title }) =>
    one('changePurchase', title ?? purchaseOf(ticket, purchaseId)),
  submitPurchase: onPurchase('submitPurchase'),
  orderPurchase: onPurchase('orderPurchase'),
  cancelPurchase: onPurchase('cancelPurchase'),
  receivePurchase: onPurchase('receivePurchase'),

  linkAsset: (_, { asset }) => one('linkAsset', asset.name),
  unlinkAsset: ({ assets }, { assetId }) =>
    one('unlinkAsset', assets.find(({ id }) => id === assetId)?.name),
  linkDocument: (_, { document }) => one('linkDocument', document.title),
  unlinkDocument: ({ documents }, { documentId }) =>
    one('unlinkDocument', documents.find(({ id }) => id === documentId)?.title),
  askConfirmation: (_, { person }) => one('askConfirmation', nameOf(person)),
  answerConfirmation: () => one('answerConfirmation'),
  revokeConfirmation: () => one('revokeConfirmation'),

  mergeInto: (_, { into }) => one('merge', `#${into}`),
  undoMerge: () => one('undoMerge'),
  acceptMerge: (_, { number }) => one('acceptMerge', `#${number}`),
  splitOff: () => one('split'),
  undoSplit: () => one('undoSplit'),
  recordChildrenNotified: () => one('notifyChildren'),

  snooze: (_, { until }) => set('snoozeUntil', 'snooze', until),
  unsnooze: () => one('unsnooze'),
  cancelReminders: () => one('cancelReminders'),
}
