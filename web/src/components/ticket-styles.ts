import Archive from '@lucide/svelte/icons/archive'
import ChevronUp from '@lucide/svelte/icons/chevron-up'
import ChevronDown from '@lucide/svelte/icons/chevron-down'
import ChevronsUp from '@lucide/svelte/icons/chevrons-up'
import CircleCheck from '@lucide/svelte/icons/circle-check'
import CircleDot from '@lucide/svelte/icons/circle-dot'
import Hourglass from '@lucide/svelte/icons/hourglass'
import Minus from '@lucide/svelte/icons/minus'
import Sparkle from '@lucide/svelte/icons/sparkle'
import type { Priority, TicketStatus } from '../../../domain/vocabulary.ts'
import type { Glyph } from './glyph.ts'
import type { Tone } from './Badge.svelte'

/** How statuses and priorities look everywhere: never by colour alone. */
export const statusStyles: Record<TicketStatus, { icon: Glyph; tone: Tone; ink: string }> = {
  new: { icon: Sparkle, tone: 'accent', ink: 'text-accent' },
  open: { icon: CircleDot, tone: 'success', ink: 'text-success' },
  waiting: { icon: Hourglass, tone: 'violet', ink: 'text-violet' },
  solved: { icon: CircleCheck, tone: 'neutral', ink: 'text-ink-muted' },
  closed: { icon: Archive, tone: 'neutral', ink: 'text-ink-muted' },
}

export const priorityStyles: Record<Priority, { icon: Glyph; ink: string }> = {
  low: { icon: ChevronDown, ink: 'text-ink-muted' },
  normal: { icon: Minus, ink: 'text-ink-muted' },
  high: { icon: ChevronUp, ink: 'text-warning' },
  urgent: { icon: ChevronsUp, ink: 'text-danger' },
}
