import { storable } from '../../../domain/mail-in/storable-text.ts'

/** The same rows, every string in them made storable. */
export function storableRows<T>(value: T): T
export function storableRows(value: unknown): unknown {
  if (typeof value === 'string') return storable(value)
  if (Array.isArray(value)) return value.map(storableRows)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, storableRows<unknown>(part)]),
  )
}
