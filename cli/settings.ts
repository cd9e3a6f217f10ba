import { parseEnvironment } from '../scripts/environment.mjs'
import { runningSet } from '../scripts/launch/running-set.mjs'

type Environment = ReturnType<typeof parseEnvironment>

/** What a command works with. */
export interface Settings extends Environment {
  /** Whether the set of an `npm start` runs on DATA_DIR: the ports are its own. */
  running: boolean
}

/**
 * The installation that a command is about: the variables, and where the set that runs on DATA_DIR
 * listens, whatever the variables say of that. Servers of one's own stay those that are named.
 * @throws EnvironmentError
 */
export function settingsOf(env: NodeJS.ProcessEnv = process.env): Settings {
  const given = parseEnvironment(env)
  const set = runningSet(given.dataDir)
  if (!set) return { ...given, running: false }
  return {
    ...given,
    ...set,
    externalTemporalAddress: given.externalTemporalAddress ?? set.externalTemporalAddress,
    temporalNamespace: env['TEMPORAL_NAMESPACE'] ? given.temporalNamespace : set.temporalNamespace,
    publicUrl: env['PUBLIC_URL'] ? given.publicUrl : set.publicUrl,
    running: true,
  }
}
