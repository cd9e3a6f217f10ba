/** The database did not answer in time. */
export class DatabaseSilentError extends Error {
  readonly code = 'database-silent'
  constructor(ms: number) {
    super(`The database did not answer within ${ms / 1000} s.`)
  }
}

/**
 * @param ms how long the answer may take.
 * @throws DatabaseSilentError when it has not come by then; whatever the answer throws.
 */
export async function answeredWithin<T>(ms: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new DatabaseSilentError(ms))
    }, ms)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
