import type { CalendarSnapshot } from '../../domain/sla/calendar.ts'

const MINUTE = 60_000
const DAY = 86_400_000

/** @returns true for an IANA name that this machine knows, such as Europe/Zurich. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/**
 * A zone's offset from UTC and its changes, each to the minute.
 * @param zone an IANA name.
 * @param from, to milliseconds since 1970.
 * @returns minutes east of UTC from each moment on; the first moment is `from`.
 */
export function zoneOffsets(zone: string, from: number, to: number): CalendarSnapshot['offsets'] {
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  })
  const offset = (at: number): number => {
    const part = Object.fromEntries(
      clock.formatToParts(at).map(({ type, value }) => [type, Number(value)]),
    )
    return Math.round(
      (Date.UTC(part['year']!, part['month']! - 1, part['day'], part['hour'], part['minute']) -
        at) /
        MINUTE,
    )
  }
  const first = Math.floor(from / MINUTE) * MINUTE
  const found = [{ from: new Date(first).toISOString(), minutes: offset(first) }]
  for (let day = first; day < to; day += DAY) {
    const next = offset(day + DAY)
    if (next === found.at(-1)!.minutes) continue
    let before = day
    let after = day + DAY
    while (after - before > MINUTE) {
      const middle = before + Math.floor((after - before) / 2 / MINUTE) * MINUTE
      if (offset(middle) === next) after = middle
      else before = middle
    }
    found.push({ from: new Date(after).toISOString(), minutes: next })
  }
  return found
}
