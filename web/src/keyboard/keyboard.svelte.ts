import { remembered } from '../design/remembered.svelte.ts'
import { shortcuts, type ShortcutId } from './shortcuts.ts'

type Handler = () => void

const SEQUENCE_MS = 900
const isMac = /Mac|iPhone|iPad/.test(navigator.platform)
/**
 * Letters alone can get in the way of speech input (WCAG 2.1.4): they can be turned off in the
 * profile.
 */
const letters = remembered<boolean>('guichet.shortcuts', true)
// eslint-disable-next-line svelte/prefer-svelte-reactivity -- looked up when a key is pressed, never shown
const handlers = new Map<ShortcutId, Handler[]>()
const byKeys = new Map(
  Object.entries(shortcuts).flatMap(([id, row]) =>
    row.keys.map((keys) => [keys as string, id as ShortcutId]),
  ),
)
const prefixes = new Set(
  [...byKeys.keys()].filter((keys) => keys.includes(' ')).map((keys) => keys.split(' ')[0] ?? ''),
)
let pending = ''
let pendingUntil = 0

export const letterShortcuts = letters

/**
 * Gives a shortcut its meaning while the calling component is shown; the latest one wins. Call
 * while a component initialises.
 */
export function onShortcut(id: ShortcutId, run: Handler): void {
  $effect(() => {
    const row = handlers.get(id) ?? []
    handlers.set(id, [...row, run])
    return () =>
      handlers.set(
        id,
        (handlers.get(id) ?? []).filter((other) => other !== run),
      )
  })
}

/** Listens on the window. Called once, by the application's root. */
export function listenForShortcuts(): void {
  $effect(() => {
    const listen = (event: KeyboardEvent) => {
      if (!event.defaultPrevented && !event.isComposing) press(event)
    }
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  })
}

function press(event: KeyboardEvent): void {
  const chord = chordOf(event)
  const held = event.metaKey || event.ctrlKey || event.altKey
  if (!held && chord !== 'escape' && (!letters.value || isWriting(event.target) || inOverlay()))
    return
  if (chord === 'enter' && isControl(event.target)) return
  const now = Date.now()
  const keys = pending !== '' && now < pendingUntil ? `${pending} ${chord}` : chord
  pending = ''
  const id = byKeys.get(keys) ?? byKeys.get(chord)
  const run = id && handlers.get(id)?.at(-1)
  if (run && !(id === 'back' && inOverlay())) {
    event.preventDefault()
    run()
  } else if (prefixes.has(chord) && !held) {
    pending = chord
    pendingUntil = now + SEQUENCE_MS
  }
}

function chordOf(event: KeyboardEvent): string {
  const key = event.key.toLowerCase()
  const shift = event.shiftKey && (key.length > 1 || /[a-z]/.test(key)) ? 'shift+' : ''
  const alt = event.altKey ? 'alt+' : ''
  return `${(isMac ? event.metaKey : event.ctrlKey) ? 'mod+' : ''}${alt}${shift}${key}`
}

const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.matches('textarea, select, input:not([type=checkbox], [type=radio], [type=button])'))

/** Enter on a button or link presses it; it must not open the ticket as well. */
const isControl = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.closest('button, a, [role=menuitem], [role=option], [role=combobox]') !== null

/** An open dialog or menu has the keyboard for itself. */
const inOverlay = (): boolean =>
  document.querySelector(
    '[role=dialog][data-state=open], [role=alertdialog][data-state=open], [role=menu][data-state=open], [role=listbox][data-state=open]',
  ) !== null

const glyphs: Record<string, string> = isMac
  ? { mod: '⌘', shift: '⇧', alt: '⌥', enter: '↵', escape: 'esc', arrowdown: '↓', arrowup: '↑' }
  : {
      mod: 'Ctrl',
      shift: 'Shift',
      alt: 'Alt',
      enter: '↵',
      escape: 'Esc',
      arrowdown: '↓',
      arrowup: '↑',
    }

/** The keys of a shortcut as they stand on this keyboard, one entry for each key cap. */
export function keyCaps(id: ShortcutId, alternative = 0): string[] {
  const keys: string = shortcuts[id].keys[alternative] ?? shortcuts[id].keys[0]
  return keys.split(/[ +]/).map((key) => glyphs[key] ?? key.toUpperCase())
}

/** For aria-keyshortcuts: the form that assistive technology knows. */
export function ariaKeys(id: ShortcutId): string {
  const names: Record<string, string> = {
    mod: isMac ? 'Meta' : 'Control',
    shift: 'Shift',
    alt: 'Alt',
    enter: 'Enter',
    escape: 'Escape',
  }
  return shortcuts[id].keys
    .map((keys: string) =>
      keys
        .split('+')
        .map((key) => names[key] ?? key)
        .join('+'),
    )
    .join(' ')
}
