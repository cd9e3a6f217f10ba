import { z } from 'zod'

/**
 * What people ask of a ticket, each with its words in languages/<code>/server/asked.json: what is
 * kept, and what was refused when nobody waited for the answer any more, is told by them.
 */
export const askedKinds = [
  'setStatus',
  'setOwner',
  'removeOwner',
  'setPriority',
  'setCategory',
  'removeCategory',
  'setResolution',
  'removeResolution',
  'setDepartment',
  'setLocation',
  'removeLocation',
  'setSubject',
  'setImpact',
  'removeImpact',
  'setUrgency',
  'removeUrgency',
  'setTags',
  'removeTags',
  'setField',
  'emptyField',
  'addWatcher',
  'removeWatcher',
  'linkTicket',
  'unlinkTicket',
  'openTicket',
  'reply',
  'cancelReply',
  'retryMessage',
  'addNote',
  'addTask',
  'renameTask',
  'setTaskDue',
  'removeTaskDue',
  'changeTask',
  'assignTask',
  'unassignTask',
  'moveTask',
  'tickItem',
  'untickItem',
  'startTask',
  'finishTask',
  'reopenTask',
  'cancelTask',
  'startClock',
  'startTaskClock',
  'stopClock',
  'stopTaskClock',
  'recordTime',
  'correctTime',
  'removeTime',
  'askApproval',
  'changeApproval',
  'approve',
  'refuse',
  'delegateApproval',
  'withdrawApproval',
  'draftPurchase',
  'changePurchase',
  'submitPurchase',
  'orderPurchase',
  'cancelPurchase',
  'receivePurchase',
  'linkAsset',
  'unlinkAsset',
  'linkDocument',
  'unlinkDocument',
  'askConfirmation',
  'answerConfirmation',
  'revokeConfirmation',
  'merge',
  'undoMerge',
  'acceptMerge',
  'split',
  'undoSplit',
  'notifyChildren',
  'snooze',
  'snoozeUntil',
  'unsnooze',
  'cancelReminders',
] as const
export type AskedKind = (typeof askedKinds)[number]

/** One thing that somebody asked of a ticket. */
export const asked = z
  .object({
    what: z.enum(askedKinds),
    /** On what, or what: a task's title, an approval's subject, a person, a ticket, a field. */
    name: z.string().optional(),
    /** What it is to become: one of ours by its key (a status), a moment as ISO time, else a text. */
    value: z.string().optional(),
  })
  .meta({ id: 'Asked' })
export type Asked = z.infer<typeof asked>

/** Kinds whose value is a word of ours, by its key, or a moment; of all others it is a text. */
export const askedValues = {
  setStatus: 'status',
  setPriority: 'priority',
  setResolution: 'resolution',
  setImpact: 'weight',
  setUrgency: 'weight',
  setTaskDue: 'moment',
  snoozeUntil: 'moment',
} as const satisfies Partial<Record<AskedKind, string>>

/** @returns of which sort the value of a kind is. */
export const valueSort = (
  what: AskedKind,
): (typeof askedValues)[keyof typeof askedValues] | 'text' =>
  what in askedValues ? askedValues[what as keyof typeof askedValues] : 'text'
