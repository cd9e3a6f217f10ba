import { storable } from '../../../domain/mail-in/storable-text.ts'

/** JSON for a statement's parameter, every string in it made storable. */
export const storableJson = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === 'string' ? storable(part) : part))
