import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  authenticationResults,
  senderAuthentication,
} from '../../../domain/mail-in/authentication-results.ts'

const headers = (...values: string[]) =>
  values.map((value) => ({ name: 'authentication-results', value }))
const from = 'anna@kunde.example'
const google =
  'mx.google.example; dkim=pass header.i=@kunde.example header.s=s1 header.b="a/b;c"; spf=pass (google.example: domain of anna@kunde.example designates 192.0.2.1) smtp.mailfrom=anna@kunde.example; dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=kunde.example'

describe('what the receiving server says of the sender', () => {
  it('is read from the topmost field', () => {
    assert.deepEqual(authenticationResults(headers(google)), {
      server: 'mx.google.example',
      dmarc: 'pass',
      spf: 'pass',
      dkim: 'pass',
      arc: null,
    })
    assert.equal(senderAuthentication(headers(google), from), 'pass')
  })
  it('is not overruled by a field that came with the mail', () => {
    assert.equal(
      senderAuthentication(
        headers(
          'mx.company.example; dmarc=fail header.from=kunde.example',
          'mx.evil.example; dmarc=pass',
        ),
        from,
      ),
      'fail',
    )
    assert.equal(
      senderAuthentication(
        headers('mx.company.example; dmarc=fail', 'mx.company.example; dmarc=pass'),
        from,
      ),
      'fail',
    )
  })
  it('may be spread over several fields of one server', () => {
    assert.equal(
      senderAuthentication(
        headers(
          'mx.company.example; spf=pass smtp.mailfrom=other.example',
          'mx.company.example; dmarc=fail (p=none)',
        ),
        from,
      ),
      'fail',
    )
  })
  it('counts an aligned signature where nobody tested DMARC', () => {
    assert.equal(
      senderAuthentication(headers('mx.x; dkim=pass header.d=kunde.example'), from),
      'pass',
    )
    assert.equal(
      senderAuthentication(
        headers('mx.x; dkim=pass header.d=esp.example; spf=pass smtp.mailfrom=b@esp.example'),
        from,
      ),
      'none',
    )
    assert.equal(
      senderAuthentication(headers('mx.x; spf=fail smtp.mailfrom=kunde.example'), from),
      'none',
    )
  })
  it("knows Microsoft's form", () => {
    assert.equal(
      senderAuthentication(
        headers(
          'spf=fail (sender IP is 192.0.2.9) smtp.mailfrom=kunde.example; dkim=none (message not signed) header.d=none;dmarc=fail action=quarantine header.from=kunde.example;compauth=fail reason=000',
        ),
        from,
      ),
      'fail',
    )
  })
  it('believes an intact ARC chain that saw DMARC pass before a list broke it', () => {
    const arc = [
      ...headers('mx.x; arc=pass (i=1); dmarc=fail header.from=kunde.example'),
      {
        name: 'arc-authentication-results',
        value: 'i=1; lists.example; dmarc=pass header.from=kunde.example',
      },
    ]
    assert.equal(senderAuthentication(arc, from), 'pass')
    assert.equal(senderAuthentication(arc.slice(0, 1), from), 'fail')
  })
  it('is none without such a field, or with temporary errors', () => {
    assert.equal(senderAuthentication([], from), 'none')
    assert.equal(senderAuthentication(headers('mx.x; dmarc=temperror'), from), 'none')
    assert.equal(senderAuthentication(headers('mx.x; none'), from), 'none')
  })
})
