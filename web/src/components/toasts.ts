import { toast } from 'svelte-sonner'
import { inWords, isKept } from '../api/problem.ts'

/** Short words at the lower edge about what was just done. */
export const say = (text: string, action?: { label: string; run: () => unknown }): unknown =>
  toast.success(
    text,
    action ? { action: { label: action.label, onClick: () => void action.run() } } : {},
  )

/** Something that was asked for did not happen, or not yet. */
export const complain = (error: unknown): unknown =>
  (isKept(error) ? toast.info : toast.error)(inWords(error), { duration: 8000 })

/**
 * Runs what a person asked for and tells when it fails.
 * @returns whether it succeeded, or is kept and will.
 */
export async function attempt(work: () => Promise<unknown>, done?: string): Promise<boolean> {
  try {
    await work()
    if (done) say(done)
    return true
  } catch (error) {
    complain(error)
    return isKept(error)
  }
}
