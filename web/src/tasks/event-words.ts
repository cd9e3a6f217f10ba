import type { taskEvents } from '../../../domain/tasks/events.ts'
import type { Sentences } from '../ticket/event-text.ts'

/** Tasks and the time recorded on them: the history in words. */
export const taskWords: Sentences<keyof typeof taskEvents> = {}
