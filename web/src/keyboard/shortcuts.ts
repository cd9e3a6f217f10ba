import type { MessageKey } from '../../../languages/keys.ts'

/**
 * Where a shortcut works: everywhere, on the list, on an open ticket, while writing. Also the
 * groups of the help overlay.
 */
export type Scope = 'everywhere' | 'list' | 'ticket' | 'composer'

export interface Shortcut {
  /**
   * Alternatives; each a chord (`mod+k`, `shift+/`) or a sequence of keys (`g m`). `mod` is ⌘ on a
   * Mac and Ctrl elsewhere.
   */
  keys: readonly string[]
  scope: Scope
  label: MessageKey
}

/**
 * The one table of shortcuts. Buttons, menus, tooltips, the palette and the help overlay show what
 * is here.
 */
export const shortcuts = {
  palette: { keys: ['mod+k'], scope: 'everywhere', label: 'keyboard.palette' },
  search: { keys: ['/'], scope: 'everywhere', label: 'keyboard.search' },
  newTicket: { keys: ['c'], scope: 'everywhere', label: 'keyboard.newTicket' },
  goMine: { keys: ['g m'], scope: 'everywhere', label: 'keyboard.goMine' },
  goUnassigned: { keys: ['g u'], scope: 'everywhere', label: 'keyboard.goUnassigned' },
  goOpen: { keys: ['g o'], scope: 'everywhere', label: 'keyboard.goOpen' },
  goWaiting: { keys: ['g w'], scope: 'everywhere', label: 'keyboard.goWaiting' },
  goAll: { keys: ['g a'], scope: 'everywhere', label: 'keyboard.goAll' },
  goSettings: { keys: ['g s'], scope: 'everywhere', label: 'keyboard.goSettings' },
  help: { keys: ['?'], scope: 'everywhere', label: 'keyboard.help' },
  back: { keys: ['escape'], scope: 'everywhere', label: 'keyboard.back' },
  next: { keys: ['j', 'arrowdown'], scope: 'list', label: 'keyboard.next' },
  previous: { keys: ['k', 'arrowup'], scope: 'list', label: 'keyboard.previous' },
  open: { keys: ['enter', 'o'], scope: 'list', label: 'keyboard.open' },
  select: { keys: ['x'], scope: 'list', label: 'keyboard.select' },
  reply: { keys: ['r'], scope: 'ticket', label: 'keyboard.reply' },
  note: { keys: ['n'], scope: 'ticket', label: 'keyboard.note' },
  assignMe: { keys: ['a'], scope: 'ticket', label: 'keyboard.assignMe' },
  status: { keys: ['s'], scope: 'ticket', label: 'keyboard.status' },
  priority: { keys: ['p'], scope: 'ticket', label: 'keyboard.priority' },
  owner: { keys: ['i'], scope: 'ticket', label: 'keyboard.owner' },
  solve: { keys: ['e'], scope: 'ticket', label: 'keyboard.solve' },
  watch: { keys: ['w'], scope: 'ticket', label: 'keyboard.watch' },
  properties: { keys: ['.'], scope: 'ticket', label: 'keyboard.properties' },
  history: { keys: ['h'], scope: 'ticket', label: 'keyboard.history' },
  send: { keys: ['mod+enter'], scope: 'composer', label: 'keyboard.send' },
  sendAndSolve: { keys: ['mod+shift+enter'], scope: 'composer', label: 'keyboard.sendAndSolve' },
} as const satisfies Record<string, Shortcut>

export type ShortcutId = keyof typeof shortcuts

export const scopes: readonly Scope[] = ['everywhere', 'list', 'ticket', 'composer']
