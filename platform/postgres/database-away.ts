/**
 * Connection lost, refused or ended by the server (PostgreSQL classes 08 and 57P, and whatever it
 * calls FATAL), or none free in time.
 */
export const isDatabaseAway = (error: unknown): boolean =>
  error instanceof Error &&
  (('severity' in error && error.severity === 'FATAL') ||
    /^(ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|ETIMEDOUT|08\w{3}|57P0[1-5]|53300|57014|55P03|25P0[34]|database-silent)$/.test(
      codeOf(error),
    ) ||
    /^(Connection terminated|Client .* is not queryable|timeout exceeded when trying to connect|Query read timeout)/.test(
      error.message,
    ) ||
    (error instanceof AggregateError &&
      error.errors.some(
        (e: unknown) => e instanceof Error && 'code' in e && e.code === 'ECONNREFUSED',
      )))

const codeOf = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? error.code : ''
