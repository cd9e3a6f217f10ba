import { type Figure, isMet, type Section, shareOfLimit, type Unit } from './figure.ts'

/** What one run of the bench says, for people and for programs. */
export interface Report {
  machine: string
  date: string
  quick: boolean
  figures: Figure[]
  /** What could not be measured here, and why. */
  skipped: { section: Section; why: string }[]
  /** Facts that the figures need to be read by. */
  remarks: string[]
}

const HEADINGS = ['', 'measured', 'limit in the same run', 'of the limit', 'aim']

const titles: Record<Section, string> = {
  throughput: 'A backlog into tickets',
  latency: 'From delivery to visible',
  commands: 'From a command to its answer',
  history: 'Temporal history of a ticket',
  memory: 'Memory (PSS: shared pages counted once)',
  api: 'API over a full desk',
  start: 'npm start',
  waiting: 'Open tickets that wait',
  profile: 'CPU of the worker by thread',
}

/** @returns the report as a table of fixed width. */
export function table({ machine, date, quick, figures, skipped, remarks }: Report): string {
  const lines: (string[] | string)[] = []
  for (const section of new Set(figures.map((f) => f.section))) {
    lines.push('', titles[section])
    for (const figure of figures.filter((f) => f.section === section)) lines.push(row(figure))
  }
  const rows = lines.filter((line): line is string[] => Array.isArray(line))
  const widths = HEADINGS.map((heading, i) =>
    Math.max(heading.length, ...rows.map((cells) => cells[i]?.length ?? 0)),
  )
  const laid = (cells: readonly string[]): string =>
    cells
      .map((cell, i) =>
        i === 1 || i === 3 ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0),
      )
      .join('  ')
      .trimEnd()
  return [
    `Guichet bench · ${date} · ${machine}${quick ? ' · quick: a smoke test, not a measurement' : ''}`,
    '',
    laid(HEADINGS),
    ...lines.map((line) => (Array.isArray(line) ? laid(line) : line)),
    '',
    ...skipped.map(({ section, why }) => `Not measured: ${section} (${why})`),
    ...remarks.map((remark) => `· ${remark}`),
    '',
  ].join('\n')
}

function row(figure: Figure): string[] {
  const { name, value, unit, limit, note } = figure
  const share = shareOfLimit(figure)
  return [
    `  ${name}`,
    quantity(value, unit),
    limit ? `${quantity(limit.value, unit)} ${limit.name}` : (note ?? ''),
    share === null ? '' : `${Math.round(share * 100)} %`,
    aimed(figure),
  ]
}

function aimed(figure: Figure): string {
  const { aim, unit } = figure
  if (!aim) return ''
  const text = 'atMost' in aim ? `≤ ${quantity(aim.atMost, unit)}` : `≥ ${aim.shareAtLeast * 100} %`
  return `${text} ${isMet(figure) ? 'met' : 'MISSED'}`
}

export function quantity(value: number, unit: Unit): string {
  if (!Number.isFinite(value)) return '–'
  const digits = unit === 'events' || Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return `${value.toFixed(digits)}${unit === '/s' ? '/s' : ` ${unit}`}`
}
