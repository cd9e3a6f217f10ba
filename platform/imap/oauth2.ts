import { foreignLine } from '../../domain/foreign-line.ts'
import { inTheirWords, sentenceOf } from '../../domain/explanation.ts'
import { ImapFailure } from './failure.ts'

/** What a mailbox with OAuth2 keeps sealed (domain/mail-in/contract.ts). */
export interface OAuth2Grant {
  provider: 'microsoft' | 'google'
  clientId: string
  clientSecret: string
  refreshToken: string
  /** Microsoft: the directory. */
  tenant: string
}

type Provider = OAuth2Grant['provider']
const names: Record<Provider, string> = { microsoft: 'Microsoft', google: 'Google' }

interface TokenAnswer {
  access_token?: string
  expires_in?: number
  refresh_token?: string
  error?: string
  error_description?: string
}

const ANSWER_MS = 10_000
/** An access token is taken for spent this long before it is. */
const MARGIN_MS = 120_000

const tokens = new Map<string, { accessToken: string; until: number }>()

const endpoints = {
  microsoft: (grant: OAuth2Grant) => ({
    url: `https://login.microsoftonline.com/${encodeURIComponent(grant.tenant || 'common')}/oauth2/v2.0/token`,
    scope: 'https://outlook.office.com/IMAP.AccessAsUser.All offline_access',
  }),
  google: () => ({ url: 'https://oauth2.googleapis.com/token', scope: '' }),
}

/**
 * An access token for signing in with XOAUTH2, refreshed when the last one is spent (RFC 6749
 * section 6).
 * @param onRotated is given the new refresh token when the provider exchanges it; it must be kept.
 * @param endpoint another token endpoint, for tests.
 * @throws ImapFailure when the provider cannot be reached or refuses.
 */
export async function accessToken(
  grant: OAuth2Grant,
  onRotated?: (refreshToken: string) => Promise<void>,
  endpoint?: string,
): Promise<string> {
  const key = `${grant.provider} ${grant.clientId} ${grant.refreshToken}`
  const known = tokens.get(key)
  if (known && known.until > Date.now()) return known.accessToken

  const { url, scope } = endpoints[grant.provider](grant)
  const answer = await ask(
    endpoint ?? url,
    {
      grant_type: 'refresh_token',
      client_id: grant.clientId,
      refresh_token: grant.refreshToken,
      ...(grant.clientSecret ? { client_secret: grant.clientSecret } : {}),
      ...(scope ? { scope } : {}),
    },
    grant.provider,
  )
  if (!answer.access_token) throw refusal(answer, grant.provider)
  const token = {
    accessToken: answer.access_token,
    until: Date.now() + (answer.expires_in ?? 3600) * 1000 - MARGIN_MS,
  }
  tokens.set(key, token)
  if (answer.refresh_token && answer.refresh_token !== grant.refreshToken) {
    tokens.set(`${grant.provider} ${grant.clientId} ${answer.refresh_token}`, token)
    await onRotated?.(answer.refresh_token)
  }
  return token.accessToken
}

/**
 * Forgets the access token that a mail server has refused, so that the next sign-in asks for a new
 * one.
 */
export const forgetAccessToken = (grant: OAuth2Grant): void =>
  void tokens.delete(`${grant.provider} ${grant.clientId} ${grant.refreshToken}`)

async function ask(
  url: string,
  form: Record<string, string>,
  provider: Provider,
): Promise<TokenAnswer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams(form),
      signal: AbortSignal.timeout(ANSWER_MS),
    })
    return (await response.json()) as TokenAnswer
  } catch (error) {
    const late = error instanceof Error && error.name === 'TimeoutError'
    throw new ImapFailure('timed-out', [
      sentenceOf(late ? 'token-no-answer' : 'token-unreachable', {
        provider: names[provider],
        host: new URL(url).host,
      }),
    ])
  }
}

function refusal(
  { error = '', error_description: description = '' }: TokenAnswer,
  provider: Provider,
): ImapFailure {
  const said = foreignLine(description.split(/[\r\n]/)[0] ?? '') || error
  return error === 'temporarily_unavailable' || error === 'server_error'
    ? new ImapFailure('refused', [
        sentenceOf('token-unavailable', { provider: names[provider] }),
        ...inTheirWords(said),
      ])
    : new ImapFailure('sign-in-refused', [
        sentenceOf('token-refused', { provider: names[provider] }),
        ...inTheirWords(said),
      ])
}
