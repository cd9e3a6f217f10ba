import { EnvironmentError, readEnvironment } from '../../scripts/environment.mjs'

/**
 * What the process was told by its environment: checked, typed, with defaults. See
 * scripts/environment.mjs for the table.
 */
export const environment = read()

export type Environment = typeof environment

function read(): ReturnType<typeof readEnvironment> {
  try {
    return readEnvironment(process.env)
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    // A bad value is the operator's to correct: one clear line, no stack. 78 is EX_CONFIG of
    // sysexits.h.
    process.stderr.write(`${error.message}\n`)
    process.exit(78)
  }
}
