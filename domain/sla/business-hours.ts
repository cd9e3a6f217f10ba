import type { CalendarSnapshot } from './calendar.ts'

/** A stretch of time in milliseconds since 1970; `to` is not part of it and may be Infinity. */
export interface Interval {
  from: number
  to: number
}

const MINUTE = 60_000
const DAY = 86_400_000
/** Days that are looked through for open hours before a calendar counts as never open. */
const HORIZON_DAYS = 3700

/**
 * When some minutes of business time that begin at a moment are used up.
 * @param calendar null: around the clock.
 * @param from milliseconds since 1970.
 * @param duration milliseconds of business time.
 * @param pauses in which no time runs, in any order.
 * @returns milliseconds since 1970; null when it is never used up: an endless pause, or a calendar
 *   that never opens.
 */
export function afterBusinessTime(
  calendar: CalendarSnapshot | null,
  from: number,
  duration: number,
  pauses: readonly Interval[] = [],
): number | null {
  let left = duration
  for (const { from: opens, to: closes } of running(calendar, from, pauses)) {
    if (closes - opens >= left) return opens + left
    left -= closes - opens
  }
  return null
}

/** @returns milliseconds of business time between two moments, without the pauses. */
export function businessTimeBetween(
  calendar: CalendarSnapshot | null,
  from: number,
  to: number,
  pauses: readonly Interval[] = [],
): number {
  let sum = 0
  for (const stretch of running(calendar, from, pauses)) {
    if (stretch.from >= to) break
    sum += Math.min(stretch.to, to) - stretch.from
  }
  return sum
}

/** Open hours from a moment on, with the pauses cut out. */
function* running(
  calendar: CalendarSnapshot | null,
  from: number,
  pauses: readonly Interval[],
): Generator<Interval> {
  const cuts = pauses.filter((p) => p.to > p.from).sort((a, b) => a.from - b.from)
  for (const open of calendar ? openHours(calendar, from) : [{ from, to: Infinity }]) {
    let at = open.from
    for (const cut of cuts) {
      if (cut.to <= at) continue
      if (cut.from >= open.to) break
      if (cut.from > at) yield { from: at, to: cut.from }
      at = cut.to
      if (at === Infinity) return
    }
    if (at < open.to) yield { from: at, to: open.to }
  }
}

/**
 * A calendar's open hours from a moment on, in order. A local time that a clock change leaves out
 * is the moment of the change; of one that comes twice, hours open at the first and close at the
 * second, so that nothing between them is lost.
 */
export function* openHours(calendar: CalendarSnapshot, from: number): Generator<Interval> {
  const offsets = calendar.offsets.map((o) => ({
    from: Date.parse(o.from),
    ms: o.minutes * MINUTE,
  }))
  const holidays = new Set(calendar.holidays)
  const weekly = [...calendar.weekly].sort((a, b) => a.from - b.from)
  if (weekly.length === 0) return
  const firstDay = Math.floor((from + offsetAt(offsets, from)) / DAY) - 1
  let done = from
  for (let day = firstDay; day < firstDay + HORIZON_DAYS; day++) {
    const midnight = day * DAY
    // 1 January 1970 was a Thursday.
    const weekday = ((((day + 3) % 7) + 7) % 7) + 1
    if (holidays.has(new Date(midnight).toISOString().slice(0, 10))) continue
    for (const hours of weekly) {
      if (hours.weekday !== weekday) continue
      const opens = Math.max(done, momentOf(offsets, midnight + hours.from * MINUTE, 'first'))
      const closes = momentOf(offsets, midnight + hours.to * MINUTE, 'last')
      if (closes <= opens) continue
      yield { from: opens, to: closes }
      done = closes
    }
  }
}

interface Offset {
  from: number
  ms: number
}

const offsetAt = (offsets: readonly Offset[], at: number): number =>
  (offsets.findLast((o) => o.from <= at) ?? offsets[0]!).ms

/** @param local milliseconds since 1970 as a clock on the wall there counts them. */
function momentOf(offsets: readonly Offset[], local: number, which: 'first' | 'last'): number {
  const moments: number[] = []
  for (const [i, { from, ms }] of offsets.entries()) {
    const begins = i === 0 ? -Infinity : from
    const ends = offsets[i + 1]?.from ?? Infinity
    const moment = local - ms
    if (moment >= begins && moment < ends) moments.push(moment)
    // Left out by a clock that is put forward: later than this period, before the next one.
    else if (moment >= ends && local - offsets[i + 1]!.ms < ends) moments.push(ends)
  }
  return which === 'first' ? Math.min(...moments) : Math.max(...moments)
}
