import { t } from '../language/language.svelte.ts'
import { type Address, withoutTag } from './correspondents.ts'

/** More are not named in a line. */
const MOST_NAMED = 20

/** The first of them in a line, and how many more there are. */
export const namesOf = (names: readonly string[]): string =>
  [
    names.slice(0, MOST_NAMED).join(', '),
    ...(names.length > MOST_NAMED ? [t('kept.more', { shown: names.length - MOST_NAMED })] : []),
  ].join(' ')

export const addressList = (addresses: readonly Address[]): string =>
  namesOf(addresses.map(({ address, name }) => name || withoutTag(address)))
