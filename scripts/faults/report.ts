// What a run says to people: the table of docs/reliability.md.
import { findingKinds } from './checks.ts'
import { grouped } from './grouped.ts'
import type { HadFault, RunReport } from './run.ts'

/** A fault is got over within this after its end, on a calm machine. Milliseconds. */
export const RECOVERED_WITHIN = 60_000
/** Beyond this load for each core times say more of the machine than of Guichet. */
const CALM = 1

/** @returns whether nothing that counts is wrong. Times count where the machine was calm. */
export const isSound = (report: RunReport): boolean =>
  report.findings.length === 0 &&
  (report.busy > CALM ||
    (report.readiness.length === 0 && report.faults.every(isRecoveredInTime))) &&
  report.faults.every(({ recovered }) => recovered !== null)

const isRecoveredInTime = ({ ended, recovered }: HadFault): boolean =>
  recovered !== null && recovered - ended <= RECOVERED_WITHIN

export function table(report: RunReport): string {
  const counts = findingKinds.map(
    (kind) => `${report.findings.filter((finding) => finding.kind === kind).length} ${kind}`,
  )
  return [
    `seed ${report.seed}, ${report.site}: ${report.faults.length} faults in ${Math.round(report.seconds / 6) / 10} min, ${report.mails} mails, ${report.actions} actions; load at most ${report.busy.toFixed(1)} for each core`,
    counts.join(', '),
    '',
    ...rows([
      ['fault', 'times', 'lasted, s', 'got over after, s (median · most)', '/readyz'],
      ...[...grouped(report.faults, ({ name }) => name)]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, had]) => rowOf(report, name, had)),
    ]),
    '',
    ...report.left.map(({ name, why }) => `not done: ${name}: ${why}`),
    ...report.memory.map(
      ({ process, first, last, perHour }) =>
        `memory of ${process}: ${first} MB in the first third, ${last} MB in the last${perHour === null ? '' : `, ${perHour} MB an hour`}`,
    ),
    ...report.findings
      .slice(0, 60)
      .map(({ kind, what }) => `${kind.toUpperCase()}: ${what.slice(0, 600)}`),
    ...report.readiness.map(
      ({ fault, api, what }) =>
        `readiness of API ${api + 1}, ${fault ?? 'without a fault'}: ${what}`,
    ),
  ].join('\n')
}

function rowOf(report: RunReport, name: string, had: readonly HadFault[]): string[] {
  const seconds = (ms: number): string => (ms / 1_000).toFixed(1)
  const lasted = had.map(({ began, ended }) => ended - began).sort((a, b) => a - b)
  const over = had
    .flatMap(({ ended, recovered }) => (recovered === null ? [] : [recovered - ended]))
    .sort((a, b) => a - b)
  const troubles = report.readiness.filter(({ fault }) => fault === name)
  return [
    name,
    String(had.length),
    `${seconds(lasted[0] ?? 0)}–${seconds(lasted.at(-1) ?? 0)}`,
    over.length < had.length
      ? 'not in time'
      : `${seconds(over[Math.floor(over.length / 2)] ?? 0)} · ${seconds(over.at(-1) ?? 0)}`,
    troubles.length === 0 ? `as it should be (${had[0]?.readiness})` : (troubles[0]?.what ?? ''),
  ]
}

/** A table in Markdown. */
function rows(cells: readonly string[][]): string[] {
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => (row[column] ?? '').length)),
  )
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const [head = [], ...body] = cells
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)]
}
