import type { serviceEvents } from '../../../domain/service/events.ts'
import type { Sentences } from '../ticket/event-text.ts'

/** Service levels, waiting for the requester, snooze: the history in words. */
export const serviceWords: Sentences<keyof typeof serviceEvents> = {}
