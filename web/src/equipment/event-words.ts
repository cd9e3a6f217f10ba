import type { equipmentEvents } from '../../../domain/equipment/events.ts'
import type { Sentences } from '../ticket/event-text.ts'

/** Assets, documents, places and confirmations linked to a ticket: the history in words. */
export const equipmentWords: Sentences<keyof typeof equipmentEvents> = {}
