import { cut } from '../cut.ts'
import { onOneLine } from '../single-line.ts'
import type { CsvRecord } from '../csv.ts'
import type { AssetColumn } from './import-columns.ts'
import type { ImportError, ImportErrorCode } from './import-errors.ts'

/** One line of an asset file by its columns, and what is wrong in it. */
export class ImportLine {
  readonly line: number
  readonly errors: ImportError[] = []
  readonly #fields: readonly string[]

  /**
   * @param head the headings as the file has them.
   * @param columns what each heading means; null: nothing.
   */
  constructor(
    { line, fields }: CsvRecord,
    private readonly head: readonly string[],
    private readonly columns: readonly (AssetColumn | null)[],
  ) {
    this.line = line
    this.#fields = fields
    fields.forEach((field, at) => {
      if (!columns[at] && field.trim() !== '')
        this.note(String(at + 1), 'field-without-column', field.trim())
    })
  }

  /** What the column's cell says; empty where there is none. */
  value(column: AssetColumn): string {
    const at = this.columns.indexOf(column)
    const text = at === -1 ? '' : (this.#fields[at] ?? '')
    return (column === 'notes' ? text : onOneLine(text)).trim()
  }

  /** Notes that a cell is wrong. */
  wrong(column: AssetColumn, code: ImportErrorCode): null {
    this.note(this.head[this.columns.indexOf(column)]?.trim() ?? column, code, this.value(column))
    return null
  }

  /**
   * @param meaning of a text that is not empty; null when it has none.
   * @returns null for an empty cell, and for one that is noted as wrong.
   */
  read<T>(
    column: AssetColumn,
    code: ImportErrorCode,
    meaning: (text: string) => T | null,
  ): T | null {
    const text = this.value(column)
    return text === '' ? null : (meaning(text) ?? this.wrong(column, code))
  }

  private note(column: string, code: ImportErrorCode, value: string): void {
    this.errors.push({ line: this.line, column, code, value: cut(value, 100) })
  }
}
