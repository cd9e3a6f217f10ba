/** The database did not answer in time. */
export class DatabaseSilentError extends Error {
  readonly code = 'database-silent'
  constructor(ms: number) {
    super(`The database did not answer within ${ms / 1000} s.`)
  }
}
