import { isPeriod, type ReportBy, reportBy } from '../../../domain/reports/contract.ts'
import { search } from '../navigation/search-params.svelte.ts'
import type { ReportQuestion } from './queries.ts'

export const presets = ['days30', 'days90', 'year', 'custom'] as const
export type Preset = (typeof presets)[number]

const days: Record<Exclude<Preset, 'custom'>, number> = { days30: 30, days90: 90, year: 365 }

/** A calendar day where the reader is: 2026-11-24. */
const localDay = (date: Date): string =>
  `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`

/** The last days up to today. */
function last(preset: Exclude<Preset, 'custom'>): { from: string; to: string } {
  const today = new Date()
  const first = new Date(today.getFullYear(), today.getMonth(), today.getDate() - days[preset] + 1)
  return { from: localDay(first), to: localDay(today) }
}

const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))

/** What the page asks, from the URL alone: a bookmark shows the same. Reactive. */
export function asked(): { preset: Preset; question: ReportQuestion & { by: ReportBy } } {
  const named = search('period') as Preset
  const [from, to] = [search('from'), search('to')]
  const preset =
    named === 'custom' && isDay(from) && isDay(to) && from <= to
      ? 'custom'
      : named in days
        ? named
        : 'days30'
  const by = reportBy.safeParse(search('by'))
  const department = search('department')
  return {
    preset,
    question: {
      ...(preset === 'custom' ? { from, to } : last(preset)),
      by: by.success ? by.data : preset === 'year' ? 'month' : preset === 'days90' ? 'week' : 'day',
      zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      ...(department ? { department } : {}),
    },
  }
}

export const alongTime = (by: ReportBy): boolean => isPeriod(by)
