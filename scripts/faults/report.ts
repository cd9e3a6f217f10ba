// What a run says to people: the table of docs/reliability.md.
import { findingKinds } from './checks.ts'
import type { HadEpisode, HadFault } from './episode.ts'
import { grouped } from './grouped.ts'
import { MOST_EVENTS, MOST_LATER } from './history-growth.ts'
import type { MemoryTrend } from './memory.ts'
import type { RunReport } from './run.ts'

/** A fault is got over within this after its end, on a calm machine. Milliseconds. */
export const RECOVERED_WITHIN = 60_000
/** Beyond this load for each core times say more of the machine than of Guichet. */
const CALM = 1

/** @returns whether nothing that counts is wrong. Times and memory count where the machine was calm. */
export const isSound = (report: RunReport): boolean =>
  report.over &&
  report.findings.length === 0 &&
  report.episodes.every(({ recovered }) => recovered !== null) &&
  (report.busy > CALM ||
    (report.readiness.length === 0 &&
      report.episodes.every(isRecoveredInTime) &&
      !report.memory.some((memory) => memory.grows && isOfGuichet(memory))))

const isRecoveredInTime = ({ ended, recovered }: HadEpisode): boolean =>
  recovered !== null && recovered - ended <= RECOVERED_WITHIN

/** The servers keep what they are given: more tickets, more of it. */
const isOfGuichet = ({ process }: MemoryTrend): boolean => !/postgres|temporal/.test(process)

/** A fault with the episode that it was in. */
interface Placed {
  fault: HadFault
  episode: HadEpisode
}

const placedOf = ({ episodes }: RunReport): Placed[] =>
  episodes.flatMap((episode) => episode.faults.map((fault) => ({ fault, episode })))

/** @returns one line: how far it has come. */
export function progressLine(report: RunReport): string {
  const minutes = report.seconds / 60
  const rate = (count: number): string => `${count} (${(count / minutes).toFixed(1)} a minute)`
  return `${Math.round(minutes)} min: ${rate(report.mails)} mails, ${rate(report.actions)} actions, ${rate(placedOf(report).length)} faults; ${report.open} under way, ${report.findings.length + report.readiness.length} wrong so far; load ${report.busy.toFixed(1)}`
}

export function table(report: RunReport): string {
  return [
    ...summary(report),
    '',
    ...rows([
      [
        'fault',
        'times',
        'with another',
        'lasted, s',
        'got over after, s (median · most)',
        '/readyz',
      ],
      ...[...grouped(placedOf(report), ({ fault }) => fault.name)]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, had]) => rowOf(report, name, had)),
    ]),
    '',
    ...histories(report),
    ...memory(report),
    ...report.left.map(({ name, why }) => `not done: ${name}: ${why}`),
    ...report.findings
      .slice(0, 60)
      .map(({ kind, what }) => `${kind.toUpperCase()}: ${what.slice(0, 600)}`),
    ...report.readiness.map(
      ({ fault, api, what }) =>
        `readiness of API ${api + 1}, ${fault ?? 'without a fault'}: ${what}`,
    ),
  ].join('\n')
}

function summary(report: RunReport): string[] {
  const placed = placedOf(report)
  const joined = report.episodes.filter(({ faults }) => faults.length > 1).length
  const counts = findingKinds.map(
    (kind) => `${report.findings.filter((finding) => finding.kind === kind).length} ${kind}`,
  )
  return [
    `seed ${report.seed}, ${report.site}: ${placed.length} faults, ${joined} times two at once, in ${Math.round(report.seconds / 6) / 10} min, ${report.mails} mails, ${report.actions} actions; load at most ${report.busy.toFixed(1)} for each core`,
    report.over ? counts.join(', ') : 'Not over: nothing was looked at yet but what is said below.',
  ]
}

function rowOf(report: RunReport, name: string, had: readonly Placed[]): string[] {
  const lasted = had.map(({ fault }) => fault.ended - fault.began).sort((a, b) => a - b)
  const over = had
    .flatMap(({ episode: { ended, recovered } }) => (recovered === null ? [] : [recovered - ended]))
    .sort((a, b) => a - b)
  const troubles = report.readiness.filter(({ fault }) => fault?.split(' + ').includes(name))
  return [
    name,
    String(had.length),
    String(had.filter(({ episode }) => episode.faults.length > 1).length),
    `${seconds(lasted[0] ?? 0)}–${seconds(lasted.at(-1) ?? 0)}`,
    over.length < had.length
      ? 'not in time'
      : `${seconds(over[Math.floor(over.length / 2)] ?? 0)} · ${seconds(over.at(-1) ?? 0)}`,
    troubles.length === 0
      ? `as it should be (${had[0]?.fault.readiness})`
      : (troubles[0]?.what ?? ''),
  ]
}

const seconds = (ms: number): string => (ms / 1_000).toFixed(1)

/** What outages of the database have added to the histories of tickets. */
function histories({ histories: growths }: RunReport): string[] {
  if (growths.length === 0) return []
  const most = (of: readonly (number | null)[]): string => {
    const known = of.filter((one) => one !== null)
    return known.length === 0 ? '' : String(Math.max(...known))
  }
  return [
    ...rows([
      [
        'nothing could be written',
        'tickets',
        `events of a ticket (at most ${MOST_EVENTS})`,
        `after both attempts (at most ${MOST_LATER})`,
        'seconds of that',
      ],
      ...[...grouped(growths, ({ fault }) => fault)].map(([fault, of]) => [
        fault,
        String(of.reduce((sum, { tickets }) => sum + tickets, 0)),
        most(of.map(({ events }) => events)),
        most(of.map(({ later }) => later)),
        String(of.reduce((sum, { laterFor }) => sum + laterFor, 0)),
      ]),
    ]),
    '',
  ]
}

function memory(report: RunReport): string[] {
  return [
    ...rows([
      ['memory, MB', 'first third', 'last third', 'starts', 'an hour (95 %)', 'of min', 'trend'],
      ...report.memory.map(({ process, first, last, lives, hours, trend, grows }) => [
        process,
        String(first),
        String(last),
        String(lives),
        trend
          ? `${trend.slope.toFixed(0)} (${trend.from.toFixed(0)} to ${trend.to.toFixed(0)})`
          : 'too short',
        String(Math.round(hours * 60)),
        trend ? (grows ? 'grows' : 'none') : '',
      ]),
    ]),
    '',
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
