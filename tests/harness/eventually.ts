/** Between two looks: seldom after a while, so that looking does not hold up what is waited for. */
const pause = (waited: number): number => Math.min(25 + waited / 20, 200)

/** A look that does not come to an end is given so long beside the time that there is. Milliseconds. */
const NO_ANSWER = 5_000

/** One that hangs must not hang its test: it fails with what was waited for. */
async function within<T>(ms: number, look: () => Promise<T> | T): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error('the last look did not come to an end'))
    }, ms)
  })
  try {
    return await Promise.race([look(), late])
  } finally {
    clearTimeout(timer)
  }
}

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
  const begun = Date.now()
  let last: unknown
  for (;;) {
    try {
      const found = await within(begun + timeout + NO_ANSWER - Date.now(), look)
      if (found !== undefined && found !== false && found !== null) return found
      last = undefined
    } catch (error) {
      last = error
    }
    const waited = Date.now() - begun
    if (waited > timeout)
      throw new Error(
        `Waited ${timeout / 1000} s in vain: ${what}${last ? ` (${last instanceof Error ? last.message : String(last)})` : ''}`,
      )
    await new Promise((resolve) => setTimeout(resolve, pause(waited)))
  }
}
