import { tick } from 'svelte'
import type { CommandState } from '../../../domain/tickets/contract.ts'
import type { KeptCommand } from '../api/kept.svelte.ts'
import { composing } from './composing.svelte.ts'
import { type DraftMode, writeBelow } from './drafts.ts'

/**
 * What was written in a reply or note that was kept and then refused is a draft again, below what is
 * written there by now.
 */
export async function draftAgain(
  { number, address, shown }: KeptCommand,
  written: CommandState['written'],
): Promise<void> {
  const text = written?.texts.find(({ field }) => field === 'text')?.text
  const mode = modes.find(([path]) => address === `/tickets/${number}/${path}`)?.[1]
  if (!written || text === undefined || !mode) return
  // Whoever writes on another ticket is not disturbed: the draft waits.
  const isFree = composing.on(number) !== null || composing.nowhere
  // What stands in an open composer is its draft, which it reads again once it is opened anew.
  if (composing.on(number) !== null) composing.end()
  await tick()
  writeBelow(number, mode, {
    text,
    to: addresses(shown, 'to'),
    cc: addresses(shown, 'cc'),
    attachments: written.attachments,
  })
  if (isFree) composing.begin(number, mode)
}

const modes: readonly [path: string, mode: DraftMode][] = [
  ['messages', 'reply'],
  ['notes', 'note'],
]

/** Of the reply as it stood in the conversation meanwhile. */
function addresses(shown: object | undefined, field: 'to' | 'cc'): string[] {
  const all = shown && field in shown ? (shown as Record<string, unknown>)[field] : []
  return (Array.isArray(all) ? (all as { address: string }[]) : []).map(({ address }) => address)
}
