import type { CreateQueryOptions, QueryKey } from '@tanstack/svelte-query'
import type { Routes } from 'sv-router'
import type { Component } from 'svelte'
import type { AskedKind } from '../../domain/asked.ts'
import type { EventType } from '../../domain/events.ts'
import type { Right } from '../../domain/permissions.ts'
import type { TicketDetail } from '../../domain/tickets/contract.ts'
import type { MessageKey } from '../../languages/keys.ts'
import type { Glyph } from './components/glyph.ts'
import type { Sentences } from './history/sentences.ts'
import type { ShortcutId } from './keyboard/shortcuts.ts'

/** What an area adds to the pages that all areas share. Its record stands in its `area.ts`. */
export interface Area {
  /** Its pages by address. What is not needed for the daily work is loaded when it is opened. */
  routes?: Routes
  /** Addresses that need no session. */
  open?: readonly string[]
  /** Its part of a ticket's history, in words. */
  events?: Partial<Sentences<EventType>>
  settings?: readonly SettingsSection[]
  tabs?: readonly TicketTab[]
  links?: readonly NavigationLink[]
  commands?: readonly Command[]
  /** What is no longer true when a ticket has changed, beside what is cached of that ticket. */
  changesWithTickets?: readonly QueryKey[]
  /** What is no longer true when a mailbox has changed. */
  changesWithMailboxes?: readonly QueryKey[]
}

/** Where something stands among its like: the lower first. */
interface Ordered {
  order: number
}

/** A section of the settings: its words are `settings.<id>.label` and `.text` in its area's file. */
type SettingsId = MessageKey extends infer Key
  ? Key extends `settings.${infer Id}.label`
    ? Id
    : never
  : never

/** A page of the settings; `id` is its address below /settings. */
export interface SettingsSection extends Ordered {
  id: SettingsId
  icon: Glyph
  /** Null: everybody's own. */
  right: Right | null
  page: () => Promise<{ default: Component }>
}

/** A section of a ticket; `id` is its name in the address. */
export interface TicketTab extends Ordered {
  id: string
  label: MessageKey
  shortcut?: ShortcutId
  /** How much there is in it, where that is worth saying. */
  count?: (number: number) => CountOptions
  /** What is shown in it, when it is kept. */
  kept?: readonly AskedKind[]
  /** `ticket` is undefined until it is there. */
  pane: Component<{ number: number; ticket: TicketDetail | undefined }>
}

/** A page in the navigation. */
export interface NavigationLink extends Ordered {
  group: NavigationGroup
  href: string
  /** Where its own address differs from what it stands for: begins like one of these. */
  current?: readonly string[]
  label: MessageKey
  icon: Glyph
  right: Right | null
  count?: (enabled: boolean) => CountOptions
  /** The count asks for attention. */
  loud?: boolean
}
export const navigationGroups = ['work', 'records', 'mail', 'own'] as const
export type NavigationGroup = (typeof navigationGroups)[number]

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what is cached, and under which key, is the query's own affair
type CountOptions = CreateQueryOptions<any, Error, number>

/** Something that can be done from everywhere: in the palette, and by its shortcut. */
export interface Command extends Ordered {
  id: string
  label: () => string
  icon: Glyph
  right: Right | null
  shortcut?: ShortcutId
  run: () => unknown
}

const ordered = <T extends Ordered>(all: readonly T[]): readonly T[] =>
  [...all].sort((a, b) => a.order - b.order)

/** What all areas add, each kind in its order. Filled once, before anything is shown. */
export const registry = {
  sentences: {} as Partial<Sentences<EventType>>,
  settings: [] as readonly SettingsSection[],
  tabs: [] as readonly TicketTab[],
  links: [] as readonly NavigationLink[],
  commands: [] as readonly Command[],
  open: [] as readonly string[],
  changesWithTickets: [] as readonly QueryKey[],
  changesWithMailboxes: [] as readonly QueryKey[],
}

/**
 * Fills the registry: the pages read it, and so import no area.
 * @param sentences those of all areas; the compiler has seen that none is missing.
 */
export function register(areas: readonly Area[], sentences: Partial<Sentences<EventType>>): void {
  Object.assign(registry, {
    sentences,
    settings: ordered(areas.flatMap(({ settings = [] }) => settings)),
    tabs: ordered(areas.flatMap(({ tabs = [] }) => tabs)),
    links: ordered(areas.flatMap(({ links = [] }) => links)),
    commands: ordered(areas.flatMap(({ commands = [] }) => commands)),
    open: areas.flatMap(({ open = [] }) => open),
    changesWithTickets: areas.flatMap(({ changesWithTickets = [] }) => changesWithTickets),
    changesWithMailboxes: areas.flatMap(({ changesWithMailboxes = [] }) => changesWithMailboxes),
  } satisfies typeof registry)
}
