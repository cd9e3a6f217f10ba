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
  const match =
    /(\d{1,2})[\s-]+([a-z]{3})[a-z]*\.?[\s-]+(\d{2,4})[\s,]+(\d{1,2})\s*[:.]\s*(\d{2})(?:\s*[:.]\s*(\d{2}))?(?:[.,]\d+)?\s*(am|pm)?\s*(?:(?:utc|gmt)?([+-])(\d{2}):?(\d{2})|([a-z]{1,5}))?/i.exec(
      text,
    )
  if (!match) return loosely(text)
  const month = months.indexOf((match[2] ?? '').toLowerCase())
  if (month < 0 || Number(match[4]) > 24 || Number(match[5]) > 59) return null
  const hour =
    (Number(match[4]) % (match[7] ? 12 : 24)) + (match[7]?.toLowerCase() === 'pm' ? 12 : 0)
  const offset = match[8]
    ? (match[8] === '-' ? -1 : 1) * (Number(match[9]) * 60 + Number(match[10]))
    : (zones[(match[11] ?? '').toLowerCase()] ?? 0)
  return iso(
    Date.UTC(
      fullYear(match[3] ?? ''),
      month,
      Number(match[1]),
      hour,
      Number(match[5]) - offset,
      Math.min(Number(match[6] ?? 0), 59),
    ),
  )
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
