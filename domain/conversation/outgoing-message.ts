import { z } from 'zod'
import { addressText, previewText } from '../vocabulary.ts'

/** A message of ours that is already written into the claim check. */
export const outgoing = z.object({
  messageId: z.uuid(),
  to: z.array(addressText),
  preview: previewText,
  hasAttachments: z.boolean().default(false),
  oneWay: z.boolean().default(false),
  /** Milliseconds for which it can still be taken back. */
  holdMs: z.number().int().min(0).max(600_000).default(0),
})
