import { liveBeats } from '../../application/health/checks/beats.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { fingerprintOf, type SecretKeys } from '../../platform/secrets/secret-keys.ts'
import { type EarlierKey, earlierKeys, inWords, mayBeDropped } from '../secret-key/earlier-keys.ts'
import { secretsByKey } from '../secret-key/reseal.ts'
import { sealedSecrets } from '../secret-key/sealed-secrets.ts'
import { type Finding, ok, problem, warning } from './finding.ts'

/** Which key opens what is stored, what none opens any more, and what earlier keys are still for. */
export async function checkSecrets(
  db: Database,
  secretKeys: SecretKeys | null,
): Promise<Finding[]> {
  const secrets = await sealedSecrets(db)
  if (secretKeys === null)
    return [
      problem(
        'key',
        `there is no SECRET_KEY and no secret.key in DATA_DIR, and ${secrets.length} stored secrets`,
        'Set SECRET_KEY to the one that API and worker have, or restore secret.key from a backup.',
      ),
    ]
  const { byCurrent, byEarlier, closed } = secretsByKey(secrets, secretKeys)
  const current = fingerprintOf(secretKeys.current)
  return [
    ...(closed.length === 0 && byEarlier.length === 0
      ? [ok('key', `opens all ${secrets.length} stored secrets (${current})`)]
      : byCurrent.length > 0
        ? [ok('key', `opens ${byCurrent.length} of ${secrets.length} stored secrets (${current})`)]
        : []),
    ...closed.map(({ what }) =>
      problem(
        'key',
        `${what} was sealed with another SECRET_KEY`,
        'Start with that key, or enter the secret again in Settings.',
      ),
    ),
    ...(await earlierKeys(db, secretKeys)).map(ofEarlier),
    ...(await strangers(db, current)),
  ]
}

function ofEarlier(key: EarlierKey): Finding {
  const about = `earlier key ${key.fingerprint}`
  if (key.secrets.length > 0 || key.answers > 0 || key.replacedAt === null)
    return warning(
      about,
      inWords(key),
      'npm run rotate-key seals what is stored with the current one.',
    )
  return mayBeDropped(key)
    ? warning(
        about,
        inWords(key),
        'npm run rotate-key -- --forget drops it; of SECRET_KEY_EARLIER take it out by hand.',
      )
    : ok(about, inWords(key))
}

/** What a process seals with a key that others do not know, they cannot open. */
async function strangers(db: Database, current: string): Promise<Finding[]> {
  const beats = await liveBeats(db).execute()
  return beats
    .filter(({ keys }) => !keys.includes(current))
    .map(({ kind, host, pid }) =>
      problem(
        'key',
        `${kind} ${host}:${pid} does not know the current key (${current})`,
        'Give every process the same SECRET_KEY and SECRET_KEY_EARLIER, or the same DATA_DIR, and restart it.',
      ),
    )
}
