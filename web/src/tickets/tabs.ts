import { registry, type TicketTab } from '../area.ts'

/** The tab of that name in the address; the first for any other. */
export const tabOf = (name: string): TicketTab =>
  registry.tabs.find(({ id }) => id === name) ?? registry.tabs[0]!

/** The first tab is the ticket's own address. */
export const searchOf = (tab: TicketTab): Record<string, string> =>
  tab === registry.tabs[0] ? {} : { tab: tab.id }
