import type { Recipients } from './correspondents.ts'
import { writeBelow } from './drafts.ts'

interface Written extends Recipients {
  text: string
  files: File[]
}

/**
 * What was sent from this page, by message: exactly as it was written, for as long as it can be
 * taken back.
 */
const sent = new Map<string, Written>()
/**
 * Files of a text taken back, by ticket: the message took its uploads along, so they are uploaded
 * again.
 */
const filesAgain = new Map<number, File[]>()

export const rememberWritten = (messageId: string, written: Written): unknown =>
  sent.set(messageId, written)

/**
 * Makes a draft of a message that was taken back, below what is written there by now.
 * @param fallback what the message itself tells, when it was not sent from this page.
 */
export function writeAgain(
  ticket: number,
  messageId: string,
  fallback: Recipients & { text: string },
): void {
  const { files = [], ...written } =
    sent.get(messageId) ?? (fallback as Partial<Written> & typeof fallback)
  sent.delete(messageId)
  writeBelow(ticket, 'reply', { ...written, attachments: [] })
  if (files.length > 0) filesAgain.set(ticket, [...(filesAgain.get(ticket) ?? []), ...files])
}

/** @returns the files to attach again, once. */
export function takeFilesAgain(ticket: number): File[] {
  const files = filesAgain.get(ticket) ?? []
  filesAgain.delete(ticket)
  return files
}
