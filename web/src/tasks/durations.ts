import { localeOf, unitsOf } from '../../../languages/language.ts'
import { readNumber } from '../../../languages/numbers.ts'
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
      unitDisplay: unitsOf(language.current, unit),
    }).format(amount)
  if (hours === 0) return part(rest, 'minute')
  return rest === 0 ? part(hours, 'hour') : `${part(hours, 'hour')} ${part(rest, 'minute')}`
}

/**
 * How people write how long something took: "90", "1:30", "1h30", "1 h 30 min", "1.5h", "45m", and
 * whatever the page's language calls hours and minutes: "1 Std. 30 Min.".
 * @returns minutes, or null when it is none.
 */
export function readDuration(text: string): number | null {
  const words = text
    .trim()
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .replace(/\p{L}+\.?/gu, unitMeant)
  const plain = /^(\d+) ?m?$/.exec(words)
  if (plain) return inRange(Number(plain[1]))
  const clock = /^(\d+) ?[:h] ?(\d{1,2}) ?m?$/.exec(words)
  if (clock) return Number(clock[2]) < 60 ? inRange(Number(clock[1]) * 60 + Number(clock[2])) : null
  const hours = readNumber(language.current, /^(.*\d) ?h$/.exec(words)?.[1] ?? '')
  return hours === null ? null : inRange(Math.round(Number(hours) * 60))
}

/** @returns `h` or `m` for what the language, or anybody, calls hours and minutes. */
function unitMeant(word: string): string {
  const bare = word.replace('.', '')
  if (bare === 'h' || namesOf('hour').has(bare)) return 'h'
  return bare === 'm' || bare === 'min' || namesOf('minute').has(bare) ? 'm' : word
}

/** Long and short, one and many. */
const namesOf = (unit: 'hour' | 'minute'): Set<string> =>
  new Set(
    (['narrow', 'short', 'long'] as const).flatMap((unitDisplay) =>
      [1, 2].flatMap((amount) =>
        new Intl.NumberFormat(localeOf(language.current), { style: 'unit', unit, unitDisplay })
          .formatToParts(amount)
          .filter(({ type }) => type === 'unit')
          .map(({ value }) => value.toLowerCase().replace('.', '')),
      ),
    ),
  )

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
