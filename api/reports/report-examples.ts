import type { Report, ReportName } from '../../domain/reports/contract.ts'

type Column = Report['columns'][number]

/** The columns of each report, with what a month may have. */
const measured: Record<ReportName, [key: string, unit: Column['unit'], value: number][]> = {
  tickets: [
    ['opened', 'count', 42],
    ['solved', 'count', 40],
    ['reopened', 'count', 3],
    ['backlog', 'count', 12],
  ],
  times: [
    ['answered', 'count', 41],
    ['answerP50', 'minutes', 25],
    ['answerP90', 'minutes', 180],
    ['solved', 'count', 40],
    ['solutionP50', 'minutes', 480],
    ['solutionP90', 'minutes', 2880],
  ],
  sla: [
    ['answersKept', 'count', 39],
    ['answersMissed', 'count', 2],
    ['solutionsKept', 'count', 37],
    ['solutionsMissed', 'count', 3],
  ],
  approvals: [
    ['approved', 'count', 5],
    ['refused', 'count', 1],
    ['waitP50', 'minutes', 240],
    ['waitP90', 'minutes', 1440],
  ],
  worked: [
    ['worked', 'minutes', 1260],
    ['billable', 'minutes', 480],
  ],
}

/** A month of a report, for the description of the API. */
export function reportExample(name: ReportName): Report {
  const values = measured[name].map(([, , value]) => value)
  const month = '2026-01-01'
  return {
    name,
    from: month,
    to: '2026-01-31',
    by: 'month',
    zone: 'Europe/Berlin',
    columns: measured[name].map(([key, unit]) => ({ key, unit })),
    rows: [{ key: month, label: month, values }],
    total: values,
  }
}
