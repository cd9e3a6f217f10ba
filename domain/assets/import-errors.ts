/** Something wrong in one cell of a file: what is wrong, and what to do. */
export interface ImportError {
  /** Counted from 1. */
  line: number
  /** The heading as the file has it; empty when the whole line is meant. */
  column: string
  code: ImportErrorCode
  value: string
}

export const importErrorCodes = [
  'file-empty',
  'file-too-long',
  'quote-not-closed',
  'text-after-quote',
  'column-unknown',
  'column-twice',
  'column-missing',
  'field-without-column',
  'value-missing',
  'value-too-long',
  'status-unknown',
  'location-unknown',
  'location-ambiguous',
  'location-needed',
  'email-invalid',
  'date-invalid',
  'amount-invalid',
  'currency-invalid',
  'serial-twice',
  'serial-known',
] as const
export type ImportErrorCode = (typeof importErrorCodes)[number]
