import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { describe, it } from 'node:test'
import { EnvironmentError, parseEnvironment, readEnvironment } from '../../scripts/environment.mjs'

const message = (env: NodeJS.ProcessEnv): string => {
  try {
    parseEnvironment(env)
  } catch (error) {
    assert.ok(error instanceof EnvironmentError)
    return error.message
  }
  return 'accepted'
}

describe('the environment', () => {
  it('has a default for everything', () => {
    const defaults = parseEnvironment({})
    assert.equal(defaults.port, 3000)
    assert.equal(defaults.publicUrl, 'http://127.0.0.1:3000')
    assert.equal(path.basename(defaults.dataDir), '.data')
    assert.equal(defaults.smtpReceiverPort, 2525)
    assert.equal(defaults.temporalNamespace, 'default')
    assert.equal(defaults.defaultFrom, 'DoNotReply <donotreply@localhost>')
    assert.equal(defaults.demo, false)
  })

  it('takes an empty value as absent, as a compose file writes it', () => {
    assert.equal(parseEnvironment({ PORT: '', DATABASE_URL: '', ADMIN_EMAIL: '' }).port, 3000)
  })

  it('makes an address people can open', () => {
    assert.equal(parseEnvironment({ HOST: '0.0.0.0', PORT: '80' }).publicUrl, 'http://localhost:80')
    assert.equal(parseEnvironment({ HOST: '::1' }).publicUrl, 'http://[::1]:3000')
    assert.equal(
      parseEnvironment({ PUBLIC_URL: 'https://help.example.org/' }).publicUrl,
      'https://help.example.org',
    )
  })

  it('accepts 0 only where it means off', () => {
    assert.equal(parseEnvironment({ SMTP_RECEIVER_PORT: '0' }).smtpReceiverPort, 0)
    assert.match(message({ PORT: '0' }), /^PORT is not a port between 1 and 65535/)
  })

  const bad: [NodeJS.ProcessEnv, RegExp][] = [
    [{ PORT: '70000' }, /^PORT is not a port.*Example: PORT=3000$/],
    [{ PORT: '3e3' }, /^PORT is not a port/],
    [{ HOST: 'http://localhost' }, /^HOST must not hold spaces or slashes/],
    [
      { DATABASE_URL: 'mysql://a@b/c' },
      /^DATABASE_URL must begin with postgres:\/\/ or postgresql:\/\//,
    ],
    [{ TEMPORAL_ADDRESS: 'temporal' }, /^TEMPORAL_ADDRESS is not host:port/],
    [{ SECRET_KEY: 'short' }, /^SECRET_KEY is too short: 5 characters, at least 16/],
    [
      { SECRET_KEY_EARLIER: 'the key before this, short' },
      /^SECRET_KEY_EARLIER holds a key that is too short: 5 characters/,
    ],
    [{ SECRET_KEY_EARLIER: '["a key' }, /^SECRET_KEY_EARLIER begins with \[ and is no JSON list/],
    [{ ADMIN_EMAIL: 'a@b.test' }, /^ADMIN_PASSWORD is missing while ADMIN_EMAIL is set/],
    [
      { ADMIN_EMAIL: 'nobody', ADMIN_PASSWORD: 'long enough' },
      /^ADMIN_EMAIL is not an e-mail address/,
    ],
    [{ DEFAULT_SMTP_URL: 'mail.example.org' }, /^DEFAULT_SMTP_URL is not a URL/],
    [{ DEFAULT_FROM: 'Help desk' }, /^DEFAULT_FROM is not an e-mail address/],
    [{ TEMPORAL_TLS: 'maybe' }, /^TEMPORAL_TLS is neither true nor false/],
    [{ PORT: '2525' }, /^SMTP_RECEIVER_PORT is 2525, which PORT has already/],
  ]
  for (const [env, expected] of bad) {
    it(`refuses ${Object.entries(env)
      .map(([name, value]) => `${name}=${value}`)
      .join(' ')} with one line`, () => {
      assert.match(message(env), expected)
      assert.equal(message(env).includes('\n'), false)
    })
  }

  it('never repeats a secret', () => {
    const secret = 'hunter2'
    for (const env of [
      { DATABASE_URL: `mysql://root:${secret}@db/x` },
      { SECRET_KEY: secret },
      { SECRET_KEY_EARLIER: secret },
      { SECRET_KEY_EARLIER: `["${secret}` },
      { DEFAULT_SMTP_URL: `http://u:${secret}@mail` },
      { ADMIN_EMAIL: 'a@b.test', ADMIN_PASSWORD: secret },
    ]) {
      assert.equal(message(env).includes(secret), false, message(env))
      assert.notEqual(message(env), 'accepted')
    }
  })

  it('takes earlier keys separated by commas, or as a list where one holds a comma', () => {
    const keys = (value: string) =>
      readEnvironment({ SECRET_KEY: 'sixteen characters or more', SECRET_KEY_EARLIER: value })
        .secretKeys.earlier.length
    assert.equal(keys(' the key before it , and the one before that,'), 2)
    assert.equal(keys('["the key before it, and no other"]'), 1)
    assert.equal(keys('sixteen characters or more'), 0, 'the current one is no earlier one')
    assert.equal(keys(''), 0)
  })

  it('derives one key from SECRET_KEY, or makes one and keeps it for its owner alone', () => {
    const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'guichet-key-'))
    try {
      const given = { DATA_DIR: dataDir, SECRET_KEY: 'sixteen characters or more' }
      assert.equal(readEnvironment(given).secretKeys.current.length, 32)
      assert.deepEqual(
        readEnvironment(given).secretKeys,
        readEnvironment({ ...given, DATA_DIR: '/elsewhere' }).secretKeys,
      )
      assert.deepEqual(fs.readdirSync(dataDir), [])
      assert.deepEqual(
        readEnvironment({ DATA_DIR: dataDir }).secretKeys.current,
        readEnvironment({ DATA_DIR: dataDir }).secretKeys.current,
      )
      assert.equal(fs.statSync(path.join(dataDir, 'secret.key')).mode & 0o777, 0o600)
      assert.deepEqual(fs.readdirSync(dataDir), ['secret.key'])
    } finally {
      fs.rmSync(dataDir, { recursive: true })
    }
  })
})
