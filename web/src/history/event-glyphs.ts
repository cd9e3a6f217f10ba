import ArrowRightLeft from '@lucide/svelte/icons/arrow-right-left'
import CircleCheckBig from '@lucide/svelte/icons/circle-check-big'
import CircleDot from '@lucide/svelte/icons/circle-dot'
import Laptop from '@lucide/svelte/icons/laptop'
import Link from '@lucide/svelte/icons/link'
import ListChecks from '@lucide/svelte/icons/list-checks'
import Mail from '@lucide/svelte/icons/mail'
import Merge from '@lucide/svelte/icons/merge'
import Send from '@lucide/svelte/icons/send'
import ShoppingCart from '@lucide/svelte/icons/shopping-cart'
import Split from '@lucide/svelte/icons/split'
import StickyNote from '@lucide/svelte/icons/sticky-note'
import Timer from '@lucide/svelte/icons/timer'
import TriangleAlert from '@lucide/svelte/icons/triangle-alert'
import UserRound from '@lucide/svelte/icons/user-round'
import type { EventType } from '../../../domain/events.ts'
import type { Glyph } from '../components/glyph.ts'

const glyphs: Partial<Record<EventType, Glyph>> = {
  ticketOpened: CircleDot,
  statusChanged: CircleDot,
  messageReceived: Mail,
  messageQueued: Send,
  messageSent: Send,
  messageRetried: Send,
  noteAdded: StickyNote,
  messageFailed: TriangleAlert,
  messageBounced: TriangleAlert,
  messageDoubtful: TriangleAlert,
  messageDelayed: TriangleAlert,
  commandRejected: TriangleAlert,
  workflowResumed: TriangleAlert,
  threadFound: Link,
  ticketMerged: Merge,
  mergeAccepted: Merge,
  ticketUnmerged: Split,
  mergeReverted: Split,
  messagesSplitOff: Split,
  splitOpened: Split,
  messagesReturned: Merge,
  splitUndone: Merge,
  childrenNotified: Send,
  ownerChanged: UserRound,
  watcherAdded: UserRound,
  watcherRemoved: UserRound,
  ticketLinked: Link,
  ticketUnlinked: Link,
}
/** Of whole areas, by how their events' names begin. */
const areas: [RegExp, Glyph][] = [
  [/^approval/, CircleCheckBig],
  [/^purchase/, ShoppingCart],
  [/^(task|checklist)/, ListChecks],
  [/^(time|clock|sla|reminder|snooze|ticketSnoozed)/, Timer],
  [/^(asset|document|confirmation|location)/, Laptop],
]

/** The picture beside a line of the history. */
export const glyphOf = (type: EventType): Glyph =>
  glyphs[type] ?? areas.find(([name]) => name.test(type))?.[1] ?? ArrowRightLeft
