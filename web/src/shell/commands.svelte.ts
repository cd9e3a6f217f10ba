import type { Glyph } from '../components/glyph.ts'
import type { ShortcutId } from '../keyboard/shortcuts.ts'

export interface PaletteCommand {
  id: string
  label: string
  icon: Glyph
  shortcut?: ShortcutId
  run: () => unknown
}

let offered = $state.raw<readonly PaletteCommand[]>([])

/** What can be done to the ticket that is open now; empty without one. */
export const ticketCommands = {
  get all(): readonly PaletteCommand[] {
    return offered
  },
}

/** Offers commands in the palette while the calling component is shown. */
export function offerCommands(commands: () => readonly PaletteCommand[]): void {
  $effect(() => {
    offered = commands()
    return () => {
      offered = []
    }
  })
}
