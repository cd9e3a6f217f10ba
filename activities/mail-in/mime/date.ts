const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
/**
 * The zone names of RFC 5322 section 4.3, in minutes; all others there mean "unknown" and count as
 * UTC.
 */
const zones: Record<string, number> = {
  ut: 0,
  utc: 0,
  gmt: 0,
  z: 0,
  est: -300,
  edt: -240,
  cst: -360,
  cdt: -300,
  mst: -420,
  mdt: -360,
  pst: -480,
  pdt: -420,
  cet: 60,
  cest: 120,
  met: 60,
  mest: 120,
  bst: 60,
  jst: 540,
}

/** Day, month and year with spaces or dashes between them; the month by its first three letters. */
const DAY = String.raw`(?<day>\d{1,2})[\s-]+(?<month>[a-z]{3})[a-z]*\.?[\s-]+(?<year>\d{2,4})`
/** Of twelve or twenty-four hours; seconds and their fractions may be missing. */
const TIME = String.raw`(?<hour>\d{1,2})\s*[:.]\s*(?<minute>\d{2})(?:\s*[:.]\s*(?<second>\d{2}))?(?:[.,]\d+)?\s*(?<half>am|pm)?`
const ZONE = String.raw`(?:utc|gmt)?(?<sign>[+-])(?<zoneHours>\d{2}):?(?<zoneMinutes>\d{2})|(?<zone>[a-z]{1,5})`
const dateTime = new RegExp(String.raw`${DAY}[\s,]+${TIME}\s*(?:${ZONE})?`, 'i')

/**
 * A Date field (RFC 5322 section 3.3, with the obsolete forms) as ISO 8601 UTC.
 * @returns null when it is no date; no clock is consulted, so a wrong year stays the sender's.
 */
export function mailDate(value: string): string | null {
  // Hours of a zone with one digit, or without minutes: `-600`, `GMT+2`.
  const text = value
    .replace(/\([^()]*\)/g, ' ')
    .trim()
    .replace(
      /(\s|gmt|utc)([+-])(\d)(\d{2})?$/i,
      (_, before: string, sign: string, hours: string, minutes = '00') =>
        `${before}${sign}0${hours}${minutes}`,
    )
  const found = dateTime.exec(text)?.groups
  if (!found) return loosely(text)
  const month = months.indexOf((found['month'] ?? '').toLowerCase())
  const [hour, minute] = [Number(found['hour']), Number(found['minute'])]
  if (month < 0 || hour > 24 || minute > 59) return null
  const half = found['half']
  const ofDay = (hour % (half ? 12 : 24)) + (half?.toLowerCase() === 'pm' ? 12 : 0)
  return iso(
    Date.UTC(
      fullYear(found['year'] ?? ''),
      month,
      Number(found['day']),
      ofDay,
      minute - offsetOf(found),
      Math.min(Number(found['second'] ?? 0), 59),
    ),
  )
}

/** Minutes before UTC. */
function offsetOf({ sign, zoneHours, zoneMinutes, zone = '' }: Record<string, string>): number {
  if (!sign) return zones[zone.toLowerCase()] ?? 0
  return (sign === '-' ? -1 : 1) * (Number(zoneHours) * 60 + Number(zoneMinutes))
}

/**
 * Dates of ctime, ISO 8601 and a few other programs. Without a zone they count as UTC, not as this
 * machine's time.
 */
function loosely(text: string): string | null {
  if (!/\d{4}/.test(text) || text.length > 100) return null
  const zoned = /(?:z|[+-]\d{2}:?\d{2}|gmt|utc|\b[ecmp][sd]t)\b/i.test(text.slice(10))
  return iso(Date.parse(zoned ? text : `${text}${/^\d{4}-\d{2}-\d{2}T/.test(text) ? 'Z' : ' UTC'}`))
}

const fullYear = (year: string): number => {
  const number = Number(year)
  return year.length >= 4
    ? number
    : year.length === 3 || number >= 50
      ? 1900 + number
      : 2000 + number
}

const iso = (time: number): string | null =>
  Number.isFinite(time) && time >= Date.UTC(1900, 0) && time < Date.UTC(9999, 0)
    ? new Date(time).toISOString()
    : null
