import type { Message, Note } from '../../../domain/conversation/contract.ts'
import type { EventType, TicketEvent } from '../../../domain/events.ts'
import { inReplyOrder } from '../../../domain/mail-in/reply-order.ts'

interface MessageItem {
  kind: 'message'
  id: string
  no: number
  message: Message
}

export type TimelineItem =
  | MessageItem
  | { kind: 'note'; id: string; no: number; note: Note }
  | { kind: 'event'; id: string; no: number; event: TicketEvent }

/**
 * One row of the page: an item, folded to a line or open, a gap that stands for many, or the
 * quiet lines of a busy while.
 */
export type TimelineRow =
  | { kind: 'item'; item: TimelineItem; folded: boolean }
  | { kind: 'gap'; count: number }
  | { kind: 'changes'; id: string; count: number }

/** What a message, a note, the tab of tasks or the panel beside shows needs no line of its own. */
const shownElsewhere = new Set<EventType>([
  'ticketOpened',
  'messageReceived',
  'messageQueued',
  'messageSent',
  'messageFailed',
  'messageBounced',
  'messageDoubtful',
  'noteAdded',
  'slaPlanSet',
  'checklistChanged',
  'checklistItemTicked',
  'taskMoved',
  'clockStarted',
  'clockStopped',
  'timeRecorded',
  'timeCorrected',
  'timeRemoved',
])

/**
 * The newest that stay open, and how many folded lines may stand before a gap replaces the middle.
 */
const OPEN_LAST = 3
const FOLDED_MAX = 8
const FOLDED_KEPT = 3
/** So many quiet lines in a row are read; of more, the latest are shown. */
const CHANGES_MAX = 4
const CHANGES_KEPT = 2

/**
 * Messages, notes and the quiet lines between them, in the order of the ticket's history, a question
 * that its answer has overtaken just before that answer. What came with a merge or a split has its
 * number in another history: it stands before the first line of this one that is younger.
 * @param number the ticket's, when some may have come from others.
 */
export function timeline(
  messages: readonly Message[],
  notes: readonly Note[],
  events: readonly TicketEvent[],
  number?: number,
): TimelineItem[] {
  const numberOf = ({ ticketNumber, eventNo, createdAt }: Message | Note): number =>
    number === undefined || ticketNumber === number
      ? eventNo
      : (events.find((event) => event.at > createdAt)?.no ?? events.length + 1) - 0.5
  const items: TimelineItem[] = [
    ...questionsFirst(
      messages.map((message) => ({
        kind: 'message' as const,
        id: message.id,
        no: numberOf(message),
        message,
      })),
    ),
    ...notes.map((note): TimelineItem => ({ kind: 'note', id: note.id, no: numberOf(note), note })),
    ...events
      .filter((event) => !shownElsewhere.has(event.type))
      .map((event): TimelineItem => ({
        kind: 'event',
        id: `event-${event.no}`,
        no: event.no,
        event,
      })),
  ]
  return items.sort(byNumber)
}

/** Between two lines of a history there is room for all messages of a conversation. */
const STEP = 1e-6

/** Numbers anew what was overtaken by an answer. */
function questionsFirst(messages: MessageItem[]): MessageItem[] {
  const ordered = inReplyOrder(messages.sort(byNumber), ({ message }) => ({
    internetId: message.internetId,
    answered: message.inReplyTo ? [message.inReplyTo] : [],
  }))
  for (let i = ordered.length - 2; i >= 0; i--) {
    const [item, next] = [ordered[i]!, ordered[i + 1]!]
    if (byNumber(item, next) > 0) item.no = next.no - STEP
  }
  return ordered
}

const byNumber = (a: TimelineItem, b: TimelineItem): number =>
  a.no - b.no || createdAt(a).localeCompare(createdAt(b))

const createdAt = (item: TimelineItem): string =>
  (item.kind === 'message'
    ? item.message.createdAt
    : item.kind === 'note'
      ? item.note.createdAt
      : item.event.at) ?? ''

/**
 * What to show of a long exchange: the newest open, older ones as single lines, and a gap where
 * these would be too many.
 * @param whole the gap was opened.
 * @param opened runs of quiet lines that were opened, by the id of their first.
 */
export function rows(
  items: readonly TimelineItem[],
  whole: boolean,
  opened: ReadonlySet<string>,
): TimelineRow[] {
  return withoutLongRuns(withGap(items, whole), opened)
}

function withGap(items: readonly TimelineItem[], whole: boolean): TimelineRow[] {
  const spoken = items.filter((item) => item.kind !== 'event')
  const lastInbound = spoken.findLastIndex(
    (item) => item.kind === 'message' && item.message.direction === 'inbound',
  )
  const openFrom = Math.max(
    Math.min(spoken.length - OPEN_LAST, lastInbound === -1 ? spoken.length : lastInbound),
    spoken.length - OPEN_LAST * 3,
    0,
  )
  const folded = new Set(
    spoken.length <= OPEN_LAST * 2
      ? []
      : spoken
          .slice(0, openFrom)
          .filter((item) => !inTrouble(item))
          .map((item) => item.id),
  )
  const shown = items.map((item): TimelineRow => ({
    kind: 'item',
    item,
    folded: folded.has(item.id),
  }))
  if (whole || folded.size <= FOLDED_MAX) return shown
  const first = shown.findIndex((row) => row.kind === 'item' && folded.has(row.item.id))
  const keptFrom = [...folded].at(-FOLDED_KEPT)
  const end = shown.findIndex((row) => row.kind === 'item' && row.item.id === keptFrom)
  const hidden = shown
    .slice(first + 1, end)
    .filter((row) => row.kind === 'item' && row.item.kind !== 'event').length
  return [...shown.slice(0, first + 1), { kind: 'gap', count: hidden }, ...shown.slice(end)]
}

function withoutLongRuns(all: readonly TimelineRow[], opened: ReadonlySet<string>): TimelineRow[] {
  const shown: TimelineRow[] = []
  let run: TimelineRow[] = []
  const close = (): void => {
    const first = run[0]
    const id = first?.kind === 'item' ? first.item.id : ''
    if (run.length <= CHANGES_MAX || opened.has(id)) shown.push(...run)
    else
      shown.push(
        { kind: 'changes', id, count: run.length - CHANGES_KEPT },
        ...run.slice(-CHANGES_KEPT),
      )
    run = []
  }
  for (const row of all) {
    if (row.kind === 'item' && row.item.kind === 'event') run.push(row)
    else {
      close()
      shown.push(row)
    }
  }
  close()
  return shown
}

/** A message that needs somebody is never folded away. */
const inTrouble = (item: TimelineItem): boolean =>
  item.kind === 'message' && ['failed', 'bounced', 'doubtful', 'held'].includes(item.message.state)
