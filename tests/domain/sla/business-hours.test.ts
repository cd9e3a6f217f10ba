import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  afterBusinessTime,
  businessTimeBetween,
  openHours,
} from '../../../domain/sla/business-hours.ts'
import type { CalendarSnapshot } from '../../../domain/sla/calendar.ts'
import { zoneOffsets } from '../../../application/sla/time-zone.ts'

const OFFICE = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, from: 9 * 60, to: 17 * 60 }))
const ALWAYS = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, from: 0, to: 1440 }))

const calendar = (zone: string, over: Partial<CalendarSnapshot> = {}): CalendarSnapshot => ({
  id: '00000000-0000-4000-8000-000000000001',
  name: 'Office',
  zone,
  weekly: OFFICE,
  holidays: [],
  offsets: zoneOffsets(zone, Date.UTC(2025, 0, 1), Date.UTC(2028, 0, 1)),
  ...over,
})
const at = (iso: string): number => Date.parse(iso)
const due = (
  c: CalendarSnapshot | null,
  from: string,
  minutes: number,
  pauses: [string, string | null][] = [],
): string | null => {
  const end = afterBusinessTime(
    c,
    at(from),
    minutes * 60_000,
    pauses.map(([a, b]) => ({ from: at(a), to: b === null ? Infinity : at(b) })),
  )
  return end === null ? null : new Date(end).toISOString()
}
const zurich = calendar('Europe/Zurich')

describe('business time', () => {
  it('runs within a day in the zone of the calendar', () => {
    assert.equal(due(zurich, '2026-11-24T09:00:00.000Z', 60), '2026-11-24T10:00:00.000Z')
    assert.equal(
      due(calendar('America/New_York'), '2026-11-24T14:00:00.000Z', 60),
      '2026-11-24T15:00:00.000Z',
    )
    assert.equal(
      due(calendar('Asia/Kolkata'), '2026-11-24T03:30:00.000Z', 8 * 60),
      '2026-11-24T11:30:00.000Z',
      'half-hour zone: 9:00 there is 3:30 UTC',
    )
  })

  it('begins at the next opening when it is asked for at night', () => {
    assert.equal(due(zurich, '2026-11-24T02:00:00.000Z', 30), '2026-11-24T08:30:00.000Z')
  })

  it('ends at the closing when the time is used up just then', () => {
    assert.equal(due(zurich, '2026-11-24T15:00:00.000Z', 60), '2026-11-24T16:00:00.000Z')
  })

  it('goes on after the weekend', () => {
    assert.equal(due(zurich, '2026-11-27T15:00:00.000Z', 120), '2026-11-30T09:00:00.000Z')
  })

  it('leaves holidays out, by the day in the zone', () => {
    const holiday = calendar('Pacific/Auckland', { holidays: ['2026-11-25'] })
    // 24 November 23:00 UTC is 25 November in Auckland.
    assert.equal(due(holiday, '2026-11-24T23:00:00.000Z', 60), '2026-11-25T21:00:00.000Z')
    assert.equal(
      due({ ...zurich, holidays: ['2026-12-24', '2026-12-25'] }, '2026-12-23T15:30:00.000Z', 60),
      '2026-12-28T08:30:00.000Z',
    )
  })

  it('knows several stretches of one day, in any order', () => {
    const lunch = {
      ...zurich,
      weekly: [
        { weekday: 2, from: 13 * 60, to: 17 * 60 },
        { weekday: 2, from: 9 * 60, to: 12 * 60 },
      ],
    }
    assert.equal(due(lunch, '2026-11-24T10:30:00.000Z', 60), '2026-11-24T12:30:00.000Z')
  })

  it('is 24 hours shorter or longer by what the clock change takes or gives', () => {
    const always = calendar('Europe/Zurich', { weekly: ALWAYS })
    const night = calendar('Europe/Zurich', { weekly: [{ weekday: 7, from: 60, to: 4 * 60 }] })
    const hours = (c: CalendarSnapshot, from: string): number => {
      const [first] = openHours(c, at(from))
      return (first!.to - first!.from) / 3_600_000
    }
    assert.equal(hours(night, '2026-03-28T12:00:00.000Z'), 2, '29 March 2026: 2:00 becomes 3:00')
    assert.equal(hours(night, '2026-10-24T12:00:00.000Z'), 4, '25 October 2026: 3:00 becomes 2:00')
    assert.equal(hours(night, '2026-11-07T12:00:00.000Z'), 3)
    // Around the clock it is real time that counts.
    assert.equal(due(always, '2026-03-28T12:00:00.000Z', 24 * 60), '2026-03-29T12:00:00.000Z')
    assert.equal(due(always, '2026-10-24T12:00:00.000Z', 24 * 60), '2026-10-25T12:00:00.000Z')
  })

  it('opens at the same time on the clock before and after a clock change', () => {
    assert.equal(
      due(zurich, '2026-03-27T17:00:00.000Z', 60),
      '2026-03-30T08:00:00.000Z',
      '9:00 CEST is 7:00 UTC',
    )
    assert.equal(
      due(zurich, '2026-10-23T17:00:00.000Z', 60),
      '2026-10-26T09:00:00.000Z',
      '9:00 CET is 8:00 UTC',
    )
    const newYork = calendar('America/New_York')
    assert.equal(due(newYork, '2026-03-06T23:00:00.000Z', 60), '2026-03-09T14:00:00.000Z')
    assert.equal(due(newYork, '2026-10-30T23:00:00.000Z', 60), '2026-11-02T15:00:00.000Z')
    assert.equal(
      due(calendar('Australia/Sydney'), '2026-10-02T08:00:00.000Z', 60),
      '2026-10-04T23:00:00.000Z',
      'the southern spring',
    )
  })

  it('takes the moment of the change for a local time that it leaves out, and both of one that comes twice', () => {
    const from230 = calendar('Europe/Zurich', { weekly: [{ weekday: 7, from: 150, to: 5 * 60 }] })
    const [spring] = openHours(from230, at('2026-03-28T12:00:00.000Z'))
    assert.equal(new Date(spring!.from).toISOString(), '2026-03-29T01:00:00.000Z')
    const [autumn] = openHours(from230, at('2026-10-24T12:00:00.000Z'))
    assert.equal(new Date(autumn!.from).toISOString(), '2026-10-25T00:30:00.000Z', 'the first 2:30')
    const until230 = calendar('Europe/Zurich', {
      weekly: [
        { weekday: 7, from: 60, to: 150 },
        { weekday: 7, from: 150, to: 300 },
      ],
    })
    const stretches = [...openHours(until230, at('2026-10-24T12:00:00.000Z'))].slice(0, 2)
    assert.equal(stretches[0]!.to, stretches[1]!.from, 'stretches never overlap')
    assert.equal(
      new Date(stretches[0]!.to).toISOString(),
      '2026-10-25T01:30:00.000Z',
      'the second 2:30',
    )
  })

  it('stops during pauses, and for good in one without an end', () => {
    assert.equal(
      due(zurich, '2026-11-24T09:00:00.000Z', 60, [
        ['2026-11-24T09:30:00.000Z', '2026-11-24T11:00:00.000Z'],
      ]),
      '2026-11-24T11:30:00.000Z',
    )
    assert.equal(
      due(zurich, '2026-11-24T09:00:00.000Z', 60, [
        ['2026-11-24T09:30:00.000Z', '2026-11-25T11:00:00.000Z'],
      ]),
      '2026-11-25T11:30:00.000Z',
    )
    assert.equal(
      due(zurich, '2026-11-24T09:00:00.000Z', 60, [['2026-11-24T09:30:00.000Z', null]]),
      null,
    )
    assert.equal(
      due(zurich, '2026-11-24T09:00:00.000Z', 60, [['2026-11-24T10:00:00.000Z', null]]),
      '2026-11-24T10:00:00.000Z',
      'used up when the pause begins',
    )
    assert.equal(
      due(null, '2026-11-28T09:00:00.000Z', 60, [
        ['2026-11-28T08:00:00.000Z', '2026-11-28T09:15:00.000Z'],
      ]),
      '2026-11-28T10:15:00.000Z',
      'around the clock',
    )
  })

  it('never ends in a calendar that never opens', () => {
    assert.equal(due({ ...zurich, weekly: [] }, '2026-11-24T09:00:00.000Z', 1), null)
  })

  it('measures what has passed', () => {
    const minutes = (a: string, b: string): number =>
      businessTimeBetween(zurich, at(a), at(b)) / 60_000
    assert.equal(minutes('2026-11-27T15:00:00.000Z', '2026-11-30T09:00:00.000Z'), 120)
    assert.equal(minutes('2026-11-28T09:00:00.000Z', '2026-11-29T09:00:00.000Z'), 0)
    // Brute force over the clock change: minute by minute, by the wall clock.
    let counted = 0
    for (let m = at('2026-03-27T00:00:00.000Z'); m < at('2026-04-01T00:00:00.000Z'); m += 60_000) {
      const parts = Object.fromEntries(
        new Intl.DateTimeFormat('en-GB', {
          timeZone: 'Europe/Zurich',
          weekday: 'short',
          hour: 'numeric',
          hourCycle: 'h23',
        })
          .formatToParts(m)
          .map((p) => [p.type, p.value]),
      )
      if (
        !['Sat', 'Sun'].includes(parts['weekday']!) &&
        Number(parts['hour']) >= 9 &&
        Number(parts['hour']) < 17
      )
        counted++
    }
    assert.equal(minutes('2026-03-27T00:00:00.000Z', '2026-04-01T00:00:00.000Z'), counted)
  })
})
