import { cut } from '../../../domain/cut.ts'

/**
 * A calendar part (RFC 5545) in one line a person can read: method, summary, time, location. Times
 * stand as they were written, with their zone, because the reader's zone is not known here.
 * @returns '' when it holds no event.
 */
export function calendarLine(ics: string): string {
  const lines = cut(ics, 512 * 1024)
    .replace(/\r\n?/g, '\n')
    .replace(/\n[ \t]/g, '')
    .split('\n')
  const method = value(lines, 'METHOD')?.content ?? ''
  const begin = lines.findIndex((line) => /^BEGIN:(?:VEVENT|VTODO)/i.test(line))
  if (begin < 0) return ''
  const event = lines.slice(begin)
  const start = value(event, 'DTSTART')
  const end = value(event, 'DTEND')
  const from = start ? time(start.content) : ''
  const until = end ? time(end.content) : ''
  const zone = start
    ? start.content.endsWith('Z')
      ? 'UTC'
      : (/TZID="?([^";:]+)/i.exec(start.params)?.[1] ?? '')
    : ''
  const sameDay = until.slice(0, 10) === from.slice(0, 10)
  const span = [from, sameDay ? until.slice(11) : until].filter((part) => part !== '').join('–')
  const parts = [
    text(event, 'SUMMARY'),
    [span, zone].filter((part) => part !== '').join(' '),
    text(event, 'LOCATION'),
  ].filter((part) => part !== '')
  return parts.length === 0 ? '' : `[${[method.toUpperCase() || 'CALENDAR', ...parts].join(' · ')}]`
}

function value(
  lines: readonly string[],
  name: string,
): { params: string; content: string } | undefined {
  for (const line of lines) {
    const match = new RegExp(`^${name}((?:;(?:"[^"]*"|[^":;])*)*):(.*)$`, 'i').exec(cut(line, 4000))
    if (match) return { params: match[1] ?? '', content: (match[2] ?? '').trim() }
  }
  return undefined
}

const text = (lines: readonly string[], name: string): string =>
  cut(
    (value(lines, name)?.content ?? '')
      .replace(/\\n/gi, ' ')
      .replace(/\\([,;\\])/g, '$1')
      .replace(/\s+/g, ' ')
      .trim(),
    300,
  )

/** `20240501T093000Z` to `2024-05-01 09:30`; a day without time to `2024-05-01`. */
function time(content: string): string {
  const [, year, month, day, hour, minute] =
    /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2}))?/.exec(content) ?? []
  return year ? `${year}-${month}-${day}${hour ? ` ${hour}:${minute}` : ''}` : ''
}
