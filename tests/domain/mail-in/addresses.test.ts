import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  addressesIn,
  displayAddress,
  isAddress,
  normaliseAddress,
  plusAddress,
  sameAddress,
} from '../../../domain/mail-in/addresses.ts'

describe('addresses', () => {
  it('have one spelling', () => {
    for (const raw of [
      'Anna@Example.COM',
      ' <anna@example.com> ',
      'mailto:anna@example.com',
      'anna@example.com.',
      "<'anna@example.com'>",
    ])
      assert.equal(normaliseAddress(raw), 'anna@example.com')
    assert.ok(sameAddress('A@x.example', 'a@X.example'))
  })
  it('are refused when no mail could go there', () => {
    for (const raw of [
      '',
      'anna',
      '@x',
      'a@',
      'a b@x',
      'a@b@c',
      'a@x\r\nBcc: y@z',
      'a@x,b@y',
      'a@x"',
    ])
      assert.equal(normaliseAddress(raw), '', raw)
  })
  it('may be international, quoted or a literal', () => {
    for (const raw of [
      'ünal@müller.example',
      '"odd one"@x.example',
      'a@[192.0.2.1]',
      'root@localhost',
      "o'brien@x.example",
    ])
      assert.ok(isAddress(raw), raw)
  })
  it('part at the first plus into base and tag', () => {
    assert.deepEqual(plusAddress('it+vpn+2@x'), { base: 'it@x', tag: 'vpn+2' })
    assert.deepEqual(plusAddress('it@x'), { base: 'it@x', tag: null })
    assert.deepEqual(plusAddress('+it@x'), { base: '+it@x', tag: null })
  })
  it('are shown with a quoted name where the name needs it, never with a line break', () => {
    assert.equal(displayAddress({ address: 'a@x', name: 'Anna Müller' }), 'Anna Müller <a@x>')
    assert.equal(
      displayAddress({ address: 'a@x', name: 'Müller, "Anna"' }),
      '"Müller, \\"Anna\\"" <a@x>',
    )
    assert.equal(displayAddress({ address: 'a@x', name: 'x\r\nBcc: b@y' }), '"x Bcc: b@y" <a@x>')
    assert.equal(displayAddress({ address: 'a@x', name: '' }), 'a@x')
  })
  it('are found in running text', () => {
    assert.deepEqual(
      addressesIn('Anna [mailto:Anna@x.example], or <b@y.example>. Ask c@z.example.'),
      ['anna@x.example', 'b@y.example', 'c@z.example'],
    )
  })
})
