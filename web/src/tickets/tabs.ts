import type { ShortcutId } from '../keyboard/shortcuts.ts'
import type { MessageKey } from '../../../languages/keys.ts'

export type TabId = 'conversation' | 'tasks' | 'approvals' | 'history'

/** The sections of a ticket, in their order; what each shows is in TicketPane.svelte. */
export const tabs: readonly { id: TabId; label: MessageKey; shortcut?: ShortcutId }[] = [
  { id: 'conversation', label: 'ticket.conversation' },
  { id: 'tasks', label: 'tasks.title' },
  { id: 'approvals', label: 'ticket.approvals' },
  { id: 'history', label: 'ticket.history', shortcut: 'history' },
]

/** @returns the tab of that name in the URL; the conversation for any other. */
export const tabOf = (name: string): TabId =>
  tabs.find(({ id }) => id === name)?.id ?? 'conversation'
