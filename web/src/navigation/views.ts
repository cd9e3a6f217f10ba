import AlarmClockOff from '@lucide/svelte/icons/alarm-clock-off'
import CircleCheck from '@lucide/svelte/icons/circle-check'
import CircleDashed from '@lucide/svelte/icons/circle-dashed'
import Eye from '@lucide/svelte/icons/eye'
import Hourglass from '@lucide/svelte/icons/hourglass'
import Inbox from '@lucide/svelte/icons/inbox'
import Layers from '@lucide/svelte/icons/layers'
import TriangleAlert from '@lucide/svelte/icons/triangle-alert'
import UserRoundX from '@lucide/svelte/icons/user-round-x'
import type { TicketView } from '../../../domain/tickets/contract.ts'
import type { MessageKey } from '../../../languages/keys.ts'
import type { Glyph } from '../components/glyph.ts'
import type { ShortcutId } from '../keyboard/shortcuts.ts'
import type { TicketFilter } from '../tickets/queries.ts'

export interface View {
  id: TicketView | 'waiting'
  label: MessageKey
  icon: Glyph
  filter: TicketFilter
  shortcut?: ShortcutId
}

/** The views of the navigation, in their order. */
export const views: readonly View[] = [
  { id: 'mine', label: 'views.mine', icon: Inbox, filter: { view: 'mine' }, shortcut: 'goMine' },
  {
    id: 'unassigned',
    label: 'views.unassigned',
    icon: UserRoundX,
    filter: { view: 'unassigned' },
    shortcut: 'goUnassigned',
  },
  {
    id: 'open',
    label: 'views.open',
    icon: CircleDashed,
    filter: { view: 'open' },
    shortcut: 'goOpen',
  },
  {
    id: 'waiting',
    label: 'views.waiting',
    icon: Hourglass,
    filter: { view: 'all', status: ['waiting'] },
    shortcut: 'goWaiting',
  },
  { id: 'snoozed', label: 'views.snoozed', icon: AlarmClockOff, filter: { view: 'snoozed' } },
  { id: 'watching', label: 'views.watching', icon: Eye, filter: { view: 'watching' } },
  { id: 'trouble', label: 'views.trouble', icon: TriangleAlert, filter: { view: 'trouble' } },
  { id: 'solved', label: 'views.solved', icon: CircleCheck, filter: { view: 'solved' } },
  { id: 'all', label: 'views.all', icon: Layers, filter: { view: 'all' }, shortcut: 'goAll' },
]

const known = new Set<string>([
  'mine',
  'unassigned',
  'open',
  'all',
  'watching',
  'trouble',
  'solved',
  'snoozed',
])

/** @returns the API's view of that name; null for anything else in a URL. */
export const ticketView = (name: string | null): TicketView | null =>
  name !== null && known.has(name) ? (name as TicketView) : null

/**
 * Which entry of the navigation a filter is: waiting is a status of all tickets, the rest go by
 * their name.
 */
export function currentView(filter: TicketFilter): View | undefined {
  if (filter.view === 'all' && filter.status?.length === 1 && filter.status[0] === 'waiting')
    return views.find((view) => view.id === 'waiting')
  return views.find((view) => view.id === (filter.view ?? 'all'))
}
