import { z } from 'zod'
import { commands } from './areas.ts'
import { commandNames } from './command-schema.ts'
import type { CommandName } from './commands.ts'

/** One text that a person wrote with a command: in which of its fields. */
export const writtenText = z.object({ field: z.string(), text: z.string() })
export type WrittenText = z.infer<typeof writtenText>

/** What a person wrote with a command, whole. */
export interface Written {
  texts: WrittenText[]
  /** Rows that hold more of it, written down before the command (claim check). */
  messageId?: string
  noteId?: string
  approvalTextId?: string
}

/**
 * Fields of commands that people fill with words of their own, by their way in the payload. What else
 * is text there is a name, an address or another ticket's subject: tests/domain/written-in.test.ts
 * says of each text field which it is.
 */
export const writtenFields: ReadonlySet<string> = new Set([
  'subject',
  'title',
  'checklist.text',
  'value',
  'reason',
  'overrideReason',
  'comment',
  'note',
  'to.note',
  'reference',
  'lines.item',
  'lines.supplier',
  'lines.costCentre',
  'assets.name',
  'assets.type',
  'assets.serial',
])

/** Of these the field is another's: the subject of the other ticket, the names of known assets. */
export const notWritten: Partial<Record<CommandName, readonly string[]>> = {
  linkTicket: ['subject'],
  mergeInto: ['subject'],
  acceptMerge: ['subject'],
  openSplit: ['subject'],
  undoSplit: ['subject'],
  askConfirmation: ['assets.name', 'assets.type', 'assets.serial'],
  // One of ours: `agent`, `timer`.
  changeStatus: ['reason'],
}

/**
 * What a person wrote with a command. Pure.
 * @returns null for what Guichet asks by itself, for what nobody understands, and where nothing was
 *   written.
 */
export function writtenIn(name: string, payload: unknown): Written | null {
  const known = commandNames.find((one) => one === name)
  if (!known || !isOfPeople(known)) return null
  const read = commands[known].payload.safeParse(payload)
  if (!read.success) return null
  const written = writtenWith(known, read.data)
  return written.texts.length === 0 && Object.keys(written).length === 1 ? null : written
}

/** A confirmation is answered by a personal link, and not by a right. */
export const isOfPeople = (name: CommandName): boolean =>
  commands[name].right !== 'system' || name === 'answerConfirmation'

function writtenWith(name: CommandName, payload: object): Written {
  if (name === 'changeProperties') return { texts: inSteps(payload as Steps) }
  const { textId } = payload as { textId?: string }
  const { approval } = payload as { approval?: { textId?: string } | null }
  const { message } = payload as { message?: { messageId: string } }
  const { messageId, noteId } = payload as { messageId?: string; noteId?: string }
  const approvalTextId = textId ?? approval?.textId
  return {
    texts: textsIn(name, payload),
    ...(name === 'reply' && messageId ? { messageId } : {}),
    ...(name === 'openTicket' && message ? { messageId: message.messageId } : {}),
    ...(name === 'addNote' && noteId ? { noteId } : {}),
    ...(approvalTextId ? { approvalTextId } : {}),
  }
}

interface Steps {
  steps: readonly { name: string; payload: unknown; bySystem?: boolean; optional?: boolean }[]
}

const inSteps = ({ steps }: Steps): WrittenText[] =>
  steps
    .filter(({ name, bySystem, optional }) => name !== 'changeProperties' && !bySystem && !optional)
    .flatMap(({ name, payload }) => writtenIn(name, payload)?.texts ?? [])

function textsIn(name: CommandName, payload: object): WrittenText[] {
  const found: WrittenText[] = []
  const look = (value: unknown, way: readonly string[]): void => {
    const field = way.join('.')
    if (typeof value === 'string') {
      if (value.trim() !== '' && writtenFields.has(field) && !notWritten[name]?.includes(field))
        found.push({ field: way.at(-1) ?? '', text: value })
    } else if (Array.isArray(value)) for (const one of value) look(one, way)
    else if (typeof value === 'object' && value !== null)
      for (const [key, one] of Object.entries(value)) look(one, [...way, key])
  }
  look(payload, [])
  return found
}
