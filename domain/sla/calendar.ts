import { z } from 'zod'

const minuteOfDay = z.number().int().min(0).max(1440)

/**
 * Part of a weekday in which work is done, in minutes after local midnight; 1440 is the next
 * midnight. Weekdays as ISO 8601: 1 is Monday.
 */
export const weeklyHours = z.object({
  weekday: z.number().int().min(1).max(7),
  from: minuteOfDay,
  to: minuteOfDay,
})
export type WeeklyHours = z.infer<typeof weeklyHours>

/**
 * A calendar of business hours with everything that computing with it needs. The zone's offsets are
 * written out, so that the same event gives the same due time in ten years and on a machine with
 * other time-zone data: docs/decisions/0006-service-levels.md.
 */
export const calendarSnapshot = z.object({
  id: z.uuid(),
  name: z.string().max(200),
  /** IANA name, for people to read. */
  zone: z.string().max(100),
  weekly: z.array(weeklyHours).max(50),
  /** Days without business hours, as YYYY-MM-DD in the zone. */
  holidays: z.array(z.string().max(40)).max(1000),
  /**
   * Minutes east of UTC from a moment on, oldest first; the first also holds before its moment, the
   * last ever after.
   */
  offsets: z
    .array(z.object({ from: z.iso.datetime(), minutes: z.number().int() }))
    .min(1)
    .max(100),
})
export type CalendarSnapshot = z.infer<typeof calendarSnapshot>
