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

/** Something may have happened, or not: a person has to look. */
export const warn = (text: string): unknown => toast.warning(text, { duration: 8000 })

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

/**
 * For a form that shows its errors itself.
 * @returns what it is to show; null when the request is kept, which is said here, and the form goes on
 *   as if it were done.
 */
export function problemOrKept(error: unknown): unknown {
  if (!isKept(error)) return error
  complain(error)
  return null
}
