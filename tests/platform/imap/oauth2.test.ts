import assert from 'node:assert/strict'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { ImapFailure } from '../../../platform/imap/failure.ts'
import { accessToken, forgetAccessToken, type OAuth2Grant } from '../../../platform/imap/oauth2.ts'

describe('OAuth2: access tokens for a mailbox', () => {
  let server: http.Server
  let endpoint: string
  let answer: object = {}
  const asked: URLSearchParams[] = []
  const grant = (over: Partial<OAuth2Grant> = {}): OAuth2Grant => ({
    provider: 'microsoft',
    clientId: 'c',
    clientSecret: 's',
    refreshToken: `r${Math.random()}`,
    tenant: 'common',
    ...over,
  })

  before(async () => {
    server = http.createServer((request, response) => {
      let body = ''
      request
        .on('data', (chunk) => {
          body += String(chunk)
        })
        .on('end', () => {
          asked.push(new URLSearchParams(body))
          response.end(JSON.stringify(answer))
        })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`
  })
  after(() => new Promise((resolve) => server.close(resolve)))

  it('refreshes once and keeps the token until it is spent or refused', async () => {
    const mine = grant()
    answer = { access_token: 'a1', expires_in: 3600 }
    assert.deepEqual(
      [await accessToken(mine, undefined, endpoint), await accessToken(mine, undefined, endpoint)],
      ['a1', 'a1'],
    )
    assert.equal(asked.length, 1)
    assert.deepEqual(
      [asked[0]!.get('grant_type'), asked[0]!.get('refresh_token'), asked[0]!.get('client_secret')],
      ['refresh_token', mine.refreshToken, 's'],
    )
    assert.match(asked[0]!.get('scope') ?? '', /IMAP\.AccessAsUser/)
    forgetAccessToken(mine)
    answer = { access_token: 'a2', expires_in: 60 }
    assert.equal(await accessToken(mine, undefined, endpoint), 'a2')
    answer = { access_token: 'a3', expires_in: 3600 }
    assert.equal(
      await accessToken(mine, undefined, endpoint),
      'a3',
      'a token about to expire is not used',
    )
  })

  it('hands over an exchanged refresh token to be kept', async () => {
    answer = { access_token: 'a', expires_in: 3600, refresh_token: 'next' }
    let kept = ''
    await accessToken(
      grant(),
      (token) => {
        kept = token
        return Promise.resolve()
      },
      endpoint,
    )
    assert.equal(kept, 'next')
  })

  it('says what is wrong without telling a secret', async () => {
    answer = {
      error: 'invalid_grant',
      error_description: 'AADSTS700082: The refresh token has expired.\r\nTrace ID: x',
    }
    const mine = grant({ refreshToken: 'very-secret' })
    await assert.rejects(
      accessToken(mine, undefined, endpoint),
      (error: ImapFailure) =>
        error instanceof ImapFailure &&
        error.needsSettings &&
        /has expired/.test(error.message) &&
        !/very-secret|Trace/.test(error.message),
    )
    await assert.rejects(
      accessToken(mine, undefined, 'http://127.0.0.1:9/token'),
      /cannot be reached/,
    )
  })
})
