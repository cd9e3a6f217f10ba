import { language } from '../language/language.svelte.ts'

/**
 * 90 → "1 hr 30 min", in the page's language.
 * @param minutes whole minutes.
 */
export function durationText(minutes: number): string {
  const part = (amount: number, unit: 'hour' | 'minute'): string =>
    new Intl.NumberFormat(language.current, { style: 'unit', unit, unitDisplay: 'short' }).format(
      amount,
    )
  const hours = Math.floor(minutes / 60)
  const rest = minutes % 60
  return [
    ...(hours > 0 ? [part(hours, 'hour')] : []),
    ...(rest > 0 || hours === 0 ? [part(rest, 'minute')] : []),
  ].join(' ')
}

/**
 * 4320 → "3 days".
 * @param minutes of real time.
 */
export const daysText = (minutes: number): string =>
  new Intl.NumberFormat(language.current, {
    style: 'unit',
    unit: 'day',
    unitDisplay: 'long',
    maximumFractionDigits: 1,
  }).format(minutes / 1440)

/** The days of the week from Monday, by name: weekday 1 is Monday. */
export const weekdayNames = (): string[] =>
  Array.from({ length: 7 }, (_, i) =>
    new Intl.DateTimeFormat(language.current, { weekday: 'long', timeZone: 'UTC' }).format(
      Date.UTC(2024, 0, 1 + i),
    ),
  )

/** 1440 is the next midnight, which a time field shows as 00:00. */
export const clockText = (minutes: number): string =>
  `${String(Math.floor(minutes / 60) % 24).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`

/** @param end of the hours: midnight is then that of the next day. */
export function minutesOf(text: string, end: boolean): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number)
  const sum = hours * 60 + minutes
  return end && sum === 0 ? 1440 : sum
}
