/**
 * Waits until something is so.
 * @param what for the error: what was waited for.
 * @param look returns a value when it is so.
 * @throws Error after `timeout` milliseconds, with the last error or the last detail.
 */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false | null> | T | undefined | false | null,
  timeout = 180_000,
): Promise<T> {
  const until = Date.now() + timeout
  let last: unknown
  for (;;) {
    try {
      const found = await look()
      if (found !== undefined && found !== false && found !== null) return found
      last = undefined
    } catch (error) {
      last = error
    }
    if (Date.now() > until)
      throw new Error(
        `Waited ${timeout / 1000} s in vain: ${what}${last ? ` (${last instanceof Error ? last.message : String(last)})` : ''}`,
      )
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
