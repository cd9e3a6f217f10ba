import type { FieldValue } from '../../../domain/classification/custom-fields.ts'
import { numberText } from '../language/amounts.ts'
import { t } from '../language/language.svelte.ts'

/** A custom field's value for people; empty when it has none. */
export function fieldText(value: FieldValue): string {
  if (value === null) return ''
  if (typeof value === 'boolean') return t(value ? 'sla.yes' : 'sla.no')
  return typeof value === 'object'
    ? value.name
    : typeof value === 'number'
      ? numberText(value)
      : value
}
