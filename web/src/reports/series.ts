import type { Report, ReportName } from '../../../domain/reports/contract.ts'
import type { MessageKey } from '../../../languages/keys.ts'

type Ink = 'accent' | 'success' | 'warning' | 'danger'

/** One column of a report as a chart shows it. `dashed`: the upper line of a pair. */
export interface Series {
  key: string
  label: MessageKey
  ink: Ink
  shape: 'bar' | 'line'
  dashed?: boolean
  values: readonly (number | null)[]
}

type Look = Omit<Series, 'values' | 'label'>

/** Which columns are drawn, and how. The table shows all. */
const drawn: Record<ReportName, readonly Look[]> = {
  tickets: [
    { key: 'opened', ink: 'accent', shape: 'bar' },
    { key: 'solved', ink: 'success', shape: 'bar' },
    { key: 'backlog', ink: 'warning', shape: 'line' },
  ],
  times: [
    { key: 'answerP50', ink: 'accent', shape: 'line' },
    { key: 'answerP90', ink: 'accent', shape: 'line', dashed: true },
    { key: 'solutionP50', ink: 'success', shape: 'line' },
    { key: 'solutionP90', ink: 'success', shape: 'line', dashed: true },
  ],
  sla: [
    { key: 'answersKept', ink: 'accent', shape: 'bar' },
    { key: 'answersMissed', ink: 'warning', shape: 'bar' },
    { key: 'solutionsKept', ink: 'success', shape: 'bar' },
    { key: 'solutionsMissed', ink: 'danger', shape: 'bar' },
  ],
  approvals: [
    { key: 'waitP50', ink: 'accent', shape: 'line' },
    { key: 'waitP90', ink: 'accent', shape: 'line', dashed: true },
  ],
  worked: [
    { key: 'worked', ink: 'accent', shape: 'bar' },
    { key: 'billable', ink: 'success', shape: 'bar' },
  ],
}

export const columnLabel = (key: string): MessageKey => `reports.column.${key}` as MessageKey

export const seriesOf = (report: Report): Series[] =>
  drawn[report.name].map((style) => {
    const index = report.columns.findIndex((column) => column.key === style.key)
    return {
      ...style,
      label: columnLabel(style.key),
      values: report.rows.map((row) => row.values[index] ?? null),
    }
  })

/** Are the drawn columns durations? A chart has one scale. */
export const inMinutes = (name: ReportName): boolean =>
  name === 'times' || name === 'approvals' || name === 'worked'

/** Nothing in it that could be drawn. */
export const isEmpty = (report: Report): boolean =>
  report.rows.length === 0 ||
  report.rows.every((row) => row.values.every((value) => value === null || value === 0))

/** Round marks of a scale from 0, at most five. */
export function marks(highest: number): number[] {
  const rough = Math.max(highest, 1) / 4
  const size = 10 ** Math.floor(Math.log10(rough))
  const step = Math.max([1, 2, 5, 10].map((n) => n * size).find((n) => n >= rough) ?? rough, 1)
  return Array.from({ length: Math.ceil(Math.max(highest, 1) / step) + 1 }, (_, i) => i * step)
}
