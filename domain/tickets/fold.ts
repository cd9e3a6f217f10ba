import type { Fold } from '../fold.ts'
import type { ticketEvents } from './events.ts'

export const ticketFold: Fold<typeof ticketEvents> = {
  ticketOpened: (_t, { subject, requester, department, priority }, { at }) => ({
    subject,
    requester,
    department,
    priority,
    opened: true,
    openedAt: at,
    lastMessageAt: at,
  }),
  statusChanged: (t, { to }, { at }) => ({
    status: to,
    solvedAt: to === 'solved' ? at : to === 'closed' ? (t.solvedAt ?? at) : null,
    closedAt: to === 'closed' ? at : null,
  }),
  ownerChanged: (_t, { to }) => ({ owner: to }),
  priorityChanged: (_t, { to }) => ({ priority: to }),
  categoryChanged: (_t, { to }) => ({ category: to }),
  resolutionChanged: (_t, { to, names }) => ({ resolution: to, resolutionNames: names }),
  departmentChanged: (_t, { to }) => ({ department: to }),
  subjectChanged: (_t, { to }) => ({ subject: to, subjectChosen: true }),
  watcherAdded: (t, { watcher }) => ({ watchers: [...t.watchers, watcher] }),
  watcherRemoved: (t, { watcher }) => ({
    watchers: t.watchers.filter(({ id }) => id !== watcher.id),
  }),
  ticketLinked: (t, { number, kind }) => ({ links: [...t.links, { number, kind }] }),
  ticketUnlinked: (t, { number, kind }) => ({
    links: t.links.filter((link) => link.number !== number || link.kind !== kind),
  }),
  impactChanged: (_t, { impact, urgency }) => ({ impact, urgency }),
  tagsChanged: (_t, { to }) => ({ tags: to }),
  fieldChanged: (t, { fieldId, to }) => {
    const { [fieldId]: _before, ...others } = t.fields
    return { fields: to === null ? others : { ...others, [fieldId]: to } }
  },
  blockersOverridden: () => ({}),
  workflowResumed: () => ({}),
}
