import { cut } from '../cut.ts'
import { domainOf } from './addresses.ts'
import { valuesOf, withoutComments } from './header-fields.ts'
import type { HeaderField } from './parsed-mail.ts'

export interface AuthenticationResults {
  /** The server that wrote them; '' when there are none. */
  server: string
  /**
   * Lower case results (pass, fail, none, softfail, temperror …) by method: dmarc, spf, dkim, arc.
   * Null: not tested.
   */
  dmarc: string | null
  spf: string | null
  dkim: string | null
  arc: string | null
}

interface MethodResult {
  method: string
  result: string
  properties: Record<string, string>
}

/**
 * The Authentication-Results (RFC 8601) of the server nearest to us: the topmost field, with those
 * directly below it under the same name, since some servers write one for each method. Everything
 * further down came with the mail and proves nothing.
 */
export function authenticationResults(headers: readonly HeaderField[]): AuthenticationResults {
  const { server, results } = nearest(headers)
  const of = (method: string): string | null => {
    const all = results.filter((r) => r.method === method).map((r) => r.result)
    return all.includes('pass') && method === 'dkim' ? 'pass' : (all[0] ?? null)
  }
  return { server, dmarc: of('dmarc'), spf: of('spf'), dkim: of('dkim'), arc: of('arc') }
}

/**
 * May the From be believed? 'fail' when the receiving server says dmarc=fail and no intact ARC
 * chain (RFC 8617) saw it pass before a forwarder broke it; 'pass' on dmarc=pass, or without any
 * DMARC result on an aligned dkim or spf pass; else 'none'. A server that does not test leaves the
 * sender's own forged field on top, so 'pass' must never grant more than 'none' does.
 */
export function senderAuthentication(
  headers: readonly HeaderField[],
  fromAddress: string | null,
): 'pass' | 'fail' | 'none' {
  const { results } = nearest(headers)
  const found = authenticationResults(headers)
  if (found.dmarc === 'pass') return 'pass'
  if (found.dmarc === 'fail') return found.arc === 'pass' && passedBefore(headers) ? 'pass' : 'fail'
  if (found.dmarc !== null && found.dmarc !== 'none' && found.dmarc !== 'bestguesspass')
    return 'none'
  const from = domainOf(fromAddress ?? '')
  const signed = results.some(
    (r) =>
      r.method === 'dkim' &&
      r.result === 'pass' &&
      aligned(r.properties['header.d'] ?? r.properties['header.i'] ?? '', from),
  )
  const allowed = results.some(
    (r) =>
      r.method === 'spf' &&
      r.result === 'pass' &&
      aligned(r.properties['smtp.mailfrom'] ?? '', from),
  )
  return from !== '' && (signed || allowed) ? 'pass' : 'none'
}

function nearest(headers: readonly HeaderField[]): { server: string; results: MethodResult[] } {
  const fields = valuesOf(headers, 'authentication-results').slice(0, 20).map(parsed)
  const server = fields[0]?.server ?? ''
  const end = fields.findIndex((field) => field.server !== server)
  return {
    server,
    results: (end < 0 ? fields : fields.slice(0, end)).flatMap((field) => field.results),
  }
}

/** What the first ARC hop of the highest instance saw: `i=2; mx.example; dmarc=pass`. */
function passedBefore(headers: readonly HeaderField[]): boolean {
  const hops = valuesOf(headers, 'arc-authentication-results').map((value) =>
    parsed(value.replace(/^\s*i\s*=\s*\d+\s*;/i, '')),
  )
  return hops.some((hop) => hop.results.some((r) => r.method === 'dmarc' && r.result === 'pass'))
}

function parsed(value: string): { server: string; results: MethodResult[] } {
  const [server = '', ...clauses] = withoutComments(cut(value, 16_384)).split(';')
  const results = clauses.flatMap((clause): MethodResult[] => {
    const words = clause.trim().split(/\s+/)
    const [, method, result] =
      /^([a-z][a-z0-9-]*)(?:\/\d+)?\s*=\s*([a-z]+)/i.exec(
        words
          .slice(0, 3)
          .join(' ')
          .replace(/\s*=\s*/g, '='),
      ) ?? []
    if (!method || !result) return []
    const properties = Object.fromEntries(
      words.flatMap((word) => {
        const [, name, content] = /^([a-z]+\.[a-z-]+)=(.+)$/i.exec(word) ?? []
        return name && content ? [[name.toLowerCase(), content.replace(/^"|"$/g, '')]] : []
      }),
    )
    return [{ method: method.toLowerCase(), result: result.toLowerCase(), properties }]
  })
  return { server: (server.trim().split(/\s+/)[0] ?? '').toLowerCase(), results }
}

/**
 * Relaxed alignment (RFC 7489 section 3.1) without a public suffix list: the same domain or one
 * below it, two labels at least.
 */
function aligned(identity: string, from: string): boolean {
  const domain = identity.includes('@') ? domainOf(identity) : identity.toLowerCase()
  if (domain.split('.').length < 2 || from === '') return false
  return domain === from || from.endsWith(`.${domain}`) || domain.endsWith(`.${from}`)
}
