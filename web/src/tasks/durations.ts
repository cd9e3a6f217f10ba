import { localeOf, unitsOf } from '../../../languages/language.ts'
import { language } from '../language/language.svelte.ts'

/**
 * 85 → "1h 25m".
 * @param minutes whole.
 */
export function duration(minutes: number): string {
  const hours = Math.trunc(minutes / 60)
  const rest = minutes % 60
  const part = (amount: number, unit: 'hour' | 'minute'): string =>
    new Intl.NumberFormat(localeOf(language.current), {
      style: 'unit',
      unit,
      unitDisplay: unitsOf(language.current),
    }).format(amount)
  if (hours === 0) return part(rest, 'minute')
  return rest === 0 ? part(hours, 'hour') : `${part(hours, 'hour')} ${part(rest, 'minute')}`
}

/**
 * How people write how long something took: "90", "1:30", "1h30", "1 h 30 min", "1.5h", "45m".
 * @returns minutes, or null when it is none.
 */
export function readDuration(text: string): number | null {
  const words = text.trim().toLowerCase().replace(',', '.')
  const plain = /^(\d+)\s*(?:m|min)?$/.exec(words)
  if (plain) return inRange(Number(plain[1]))
  const clock = /^(\d+)\s*(?::|h)\s*(\d{1,2})\s*(?:m|min)?$/.exec(words)
  if (clock) return Number(clock[2]) < 60 ? inRange(Number(clock[1]) * 60 + Number(clock[2])) : null
  const hours = /^(\d+(?:\.\d+)?)\s*h$/.exec(words)
  return hours ? inRange(Math.round(Number(hours[1]) * 60)) : null
}

const inRange = (minutes: number): number | null =>
  minutes >= 1 && minutes <= 31 * 24 * 60 ? minutes : null

/**
 * For a field of date and hour, which knows no time zones: the reader's own.
 * @returns `2026-11-24T09:30`, or empty.
 */
export function localMoment(iso: string | null): string {
  if (iso === null) return ''
  const then = new Date(iso)
  return new Date(then.getTime() - then.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

/** @returns the moment that such a field holds, or null. */
export const momentOf = (local: string): string | null =>
  local === '' || Number.isNaN(Date.parse(local)) ? null : new Date(local).toISOString()
