import { localeOf, unitsOf } from '../../../languages/language.ts'
import { clock } from './clock.svelte.ts'
import { language } from './language.svelte.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/**
 * Formatters cost a millisecond each to make and the list needs hundreds of texts: they are kept.
 */
const kept = new Map<string, unknown>()
function keep<F>(key: string, make: (locale: string) => F): F {
  const name = `${language.current}:${key}`
  const found = (kept.get(name) as F | undefined) ?? make(localeOf(language.current))
  kept.set(name, found)
  return found
}

const ago = () =>
  keep('ago', (locale) => new Intl.RelativeTimeFormat(locale, { style: 'short', numeric: 'auto' }))
const agoLong = () =>
  keep(
    'ago-long',
    (locale) => new Intl.RelativeTimeFormat(locale, { style: 'long', numeric: 'auto' }),
  )
const weekday = () =>
  keep(
    'weekday',
    (locale) =>
      new Intl.DateTimeFormat(locale, { weekday: 'short', hour: '2-digit', minute: '2-digit' }),
  )
const day = () =>
  keep('day', (locale) => new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' }))
const dayOfYear = () =>
  keep(
    'year',
    (locale) =>
      new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' }),
  )
const moment = () =>
  keep(
    'moment',
    (locale) =>
      new Intl.DateTimeFormat(locale, {
        day: 'numeric',
        month: 'short',
        year: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
      }),
  )
const full = () =>
  keep(
    'full',
    (locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'medium' }),
  )

/** Minutes, hours or days, whichever a person would say. */
function inUnits(ms: number): [number, 'minute' | 'hour' | 'day'] {
  const size = Math.abs(ms)
  if (size < 59.5 * MINUTE) return [Math.round(ms / MINUTE), 'minute']
  if (size < 23.5 * HOUR) return [Math.round(ms / HOUR), 'hour']
  return [Math.round(ms / DAY), 'day']
}

/** For the list: "now", "5 min ago", "yesterday", then the date. */
export function shortTime(iso: string): string {
  const then = Date.parse(iso)
  const ms = Math.min(then - clock.now, 0)
  if (ms > -MINUTE / 2) return ago().format(0, 'second')
  if (ms > -6 * DAY) return ago().format(...inUnits(ms))
  return sameYear(then) ? day().format(then) : dayOfYear().format(then)
}

/** For messages: the day and hour, without what is understood. */
export function messageTime(iso: string): string {
  const then = Date.parse(iso)
  const age = clock.now - then
  if (age < 12 * HOUR) return shortTime(iso)
  return age < 6 * DAY ? weekday().format(then) : moment().format(then)
}

/** For tooltips and the history: everything. */
export const fullTime = (iso: string): string => full().format(Date.parse(iso))
export const momentTime = (iso: string): string => moment().format(Date.parse(iso))

export interface Due {
  text: string
  spoken: string
  state: 'late' | 'soon' | 'later'
}

/** How long until a due time, in the shortest form: "2h", "−3d". */
export function dueTime(iso: string): Due {
  const ms = Date.parse(iso) - clock.now
  const [amount, unit] = inUnits(ms)
  const size = keep(
    `unit-${unit}`,
    (locale) =>
      new Intl.NumberFormat(locale, {
        style: 'unit',
        unit,
        unitDisplay: unitsOf(language.current, unit),
      }),
  ).format(Math.abs(amount))
  return {
    text: ms < 0 ? `−${size}` : size,
    spoken: agoLong().format(amount, unit),
    state: ms < 0 ? 'late' : ms < 2 * HOUR ? 'soon' : 'later',
  }
}

const sameYear = (ms: number): boolean =>
  new Date(ms).getFullYear() === new Date(clock.now).getFullYear()

const monthOfYear = () =>
  keep(
    'month',
    (locale) =>
      new Intl.DateTimeFormat(locale, { month: 'short', year: 'numeric', timeZone: 'UTC' }),
  )
const calendarDay = () =>
  keep(
    'calendar-day',
    (locale) =>
      new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' }),
  )

/** A calendar day as it is, in no time zone: "24 Nov", or its month: "Nov 2026". */
export const dayLabel = (isoDay: string, month = false): string =>
  (month ? monthOfYear() : calendarDay()).format(Date.parse(`${isoDay}T00:00:00Z`))

const wholeDay = () =>
  keep(
    'whole-day',
    (locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }),
  )

/** A day without a time, the same everywhere in the world: "24 Nov 2026". */
export const dayText = (isoDay: string): string =>
  wholeDay().format(Date.parse(`${isoDay}T00:00:00Z`))
