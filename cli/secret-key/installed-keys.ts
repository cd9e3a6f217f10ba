import type { SecretKeys } from '../../platform/secrets/secret-keys.ts'
import { keptEarlierKeys, keptKeyText, keyOf } from '../../scripts/launch/secret-key.mjs'
import type { Settings } from '../settings.ts'

/** The keys as they are written down. */
export interface KeyTexts {
  /** Null where none is there. */
  current: string | null
  earlier: string[]
}

/**
 * The keys of this installation: of its variables, else of the files in DATA_DIR. None is made.
 * @throws SecretKeyError
 */
export function installedKeys(
  settings: Pick<Settings, 'secretKeyText' | 'earlierKeyTexts' | 'dataDir'>,
): KeyTexts {
  const { secretKeyText, earlierKeyTexts, dataDir } = settings
  const current = secretKeyText ?? keptKeyText(dataDir)
  const earlier =
    secretKeyText === undefined
      ? [...earlierKeyTexts, ...keptEarlierKeys(dataDir)]
      : earlierKeyTexts
  return { current, earlier: [...new Set(earlier)].filter((text) => text !== current) }
}

/** @returns null where there is no current one. */
export const secretKeysOf = ({ current, earlier }: KeyTexts): SecretKeys | null =>
  current === null ? null : { current: keyOf(current), earlier: earlier.map(keyOf) }
