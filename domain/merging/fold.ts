import type { Fold } from '../fold.ts'
import type { mergingEvents } from './events.ts'

export const mergingFold: Fold<typeof mergingEvents> = {
  threadFound: () => ({}),
  ticketMerged: (t, { mergeId, into }, { at }) => ({
    mergedInto: {
      mergeId,
      number: into,
      at,
      before: { status: t.status, solvedAt: t.solvedAt, closedAt: t.closedAt },
    },
  }),
  // Comes after the change of status: the times of before count, not those of the undoing.
  ticketUnmerged: (t) => ({
    mergedInto: null,
    solvedAt: t.mergedInto?.before.solvedAt ?? null,
    closedAt: t.mergedInto?.before.closedAt ?? null,
  }),
  mergeAccepted: (t, taken) => ({
    mergedTickets: [...t.mergedTickets, taken],
    messageCount: t.messageCount + taken.messageCount,
  }),
  mergeReverted: (t, { mergeId }) => ({
    mergedTickets: t.mergedTickets.filter((one) => one.mergeId !== mergeId),
    messageCount:
      t.messageCount - (t.mergedTickets.find((one) => one.mergeId === mergeId)?.messageCount ?? 0),
  }),
  messagesSplitOff: (t, { splitId, into, subject, messageIds, messageCount }) => ({
    splitOff: [...t.splitOff, { splitId, number: into, subject, messageCount, messageIds }],
    messageCount: t.messageCount - messageCount,
  }),
  messagesReturned: (t, { splitId, messageCount }) => ({
    splitOff: t.splitOff.filter((one) => one.splitId !== splitId),
    messageCount: t.messageCount + messageCount,
  }),
  splitOpened: (t, { splitId, from, messageIds, ...opened }) => ({
    splitFrom: { splitId, number: from, messageCount: opened.messageCount, messageIds },
    messageCount: t.messageCount + opened.messageCount,
    preview: opened.preview,
    hasAttachments: opened.hasAttachments,
    lastMessageAt: opened.lastMessageAt,
    lastDirection: opened.lastDirection,
  }),
  splitUndone: (t) => {
    const given = new Set(t.splitOff.flatMap(({ messageIds }) => messageIds))
    const leaving = t.splitFrom?.messageIds.filter((id) => !given.has(id)) ?? []
    return { splitFrom: null, messageCount: t.messageCount - leaving.length }
  },
  childrenNotified: () => ({}),
}
