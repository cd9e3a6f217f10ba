import type { familyEvents } from '../../../domain/family/events.ts'
import type { Sentences } from '../ticket/event-text.ts'

/** Merged and split tickets, and what a parent tells its children: the history in words. */
export const familyWords: Sentences<keyof typeof familyEvents> = {}
