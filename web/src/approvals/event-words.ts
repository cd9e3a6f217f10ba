import type { approvalEvents } from '../../../domain/approvals/events.ts'
import type { Sentences } from '../ticket/event-text.ts'

/** Approval requests and purchase requests: the history in words. */
export const approvalWords: Sentences<keyof typeof approvalEvents> = {}
