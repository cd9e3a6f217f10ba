import type { EventType } from '../../../domain/events.ts'
import type { Area } from '../area.ts'
import { allAsked } from '../language/asked.ts'
import { t } from '../language/language.svelte.ts'
import { refusalIn } from '../language/refusal.ts'
import HistoryTab from './HistoryTab.svelte'
import type { Sentences } from './sentences.ts'

/** What belongs to no area of the domain. */
const events: Sentences<Extract<EventType, 'commandRejected'>> = {
  commandRejected: (who, d) => {
    const what = allAsked(d.asked)
    const reason = refusalIn(d)
    return what
      ? t('events.commandRejectedNamed', { who, what, reason })
      : t('events.commandRejected', { who, reason })
  },
}

export const history = {
  events,
  tabs: [
    { id: 'history', order: 40, label: 'ticket.history', shortcut: 'history', pane: HistoryTab },
  ],
} satisfies Area
