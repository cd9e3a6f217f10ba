import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { replyToken, verifyReplyToken } from '../../../application/mail-out/reply-token.ts'
import { seal, unseal, UnsealError } from '../../../platform/secrets/sealed-secret.ts'
import { everyKey, fingerprintOf, type SecretKeys } from '../../../platform/secrets/secret-keys.ts'
import { readSignedPage, signPage } from '../../../platform/secrets/signed-page.ts'
import {
  earlierKeysFile,
  keptEarlierKeys,
  keptKeyText,
  keyFile,
  newKeyText,
  readSecretKeys,
  replaceKeptKey,
  writeEarlierKeys,
} from '../../../scripts/launch/secret-key.mjs'

const LATER = new Date('2100-01-01T00:00:00Z')

/** Everything that is made of a key, at one moment. */
interface Made {
  key: string
  sealed: string
  page: string
  reply: string
}

const made = (secretKeys: SecretKeys): Made => ({
  key: fingerprintOf(secretKeys.current),
  sealed: seal(secretKeys, 'a password'),
  page: signPage(secretKeys, 'approval', { ticket: '1042' }, LATER),
  reply: replyToken(secretKeys, 1042),
})

const opens = (secretKeys: SecretKeys, sealed: string): boolean => {
  try {
    return unseal(secretKeys, sealed) === 'a password'
  } catch (error) {
    assert.ok(error instanceof UnsealError)
    return false
  }
}

async function inDataDir(work: (dataDir: string) => Promise<void> | void): Promise<void> {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'guichet-keys-'))
  try {
    await work(dataDir)
  } finally {
    fs.rmSync(dataDir, { recursive: true })
  }
}

const keptKeys = (dataDir: string): SecretKeys =>
  readSecretKeys({ secretKeyText: undefined, earlierKeyTexts: [], dataDir })

describe('the keys of DATA_DIR', () => {
  it('open what any of them has sealed or signed, for a process that runs and for one that starts, until they are dropped and never after', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            { weight: 3, arbitrary: fc.constant({ does: 'make' as const }) },
            { weight: 2, arbitrary: fc.constant({ does: 'rotate' as const }) },
            {
              weight: 1,
              arbitrary: fc.record({ does: fc.constant('drop' as const), which: fc.nat(5) }),
            },
          ),
          { minLength: 1, maxLength: 14 },
        ),
        (steps) =>
          inDataDir((dataDir) => {
            const running = keptKeys(dataDir)
            const everything: Made[] = []
            const known = new Set([fingerprintOf(running.current)])
            for (const step of steps) {
              if (step.does === 'make') everything.push(made(running))
              if (step.does === 'rotate') {
                replaceKeptKey(dataDir, newKeyText())
                known.add(fingerprintOf(keptKeys(dataDir).current))
              }
              if (step.does === 'drop') {
                const earlier = keptEarlierKeys(dataDir)
                const index = step.which % Math.max(earlier.length, 1)
                const gone = keptKeys(dataDir).earlier[index]
                if (gone) known.delete(fingerprintOf(gone))
                writeEarlierKeys(
                  dataDir,
                  earlier.filter((_, i) => i !== index),
                )
              }
              for (const keys of [running, keptKeys(dataDir)])
                for (const one of everything) {
                  assert.equal(opens(keys, one.sealed), known.has(one.key))
                  assert.equal(
                    readSignedPage(keys, 'approval', one.page).state,
                    known.has(one.key) ? 'good' : 'forged',
                  )
                  assert.equal(verifyReplyToken(keys, 1042, one.reply), known.has(one.key))
                }
            }
            // The newest one makes what comes next.
            assert.equal(made(running).key, fingerprintOf(keptKeys(dataDir).current))
          }),
      ),
      { numRuns: 60 },
    )
  })

  it('are readable to their owner alone, and an old one that comes back stands once', () =>
    inDataDir((dataDir) => {
      const keys = keptKeys(dataDir)
      const first = keptKeyText(dataDir)!
      replaceKeptKey(dataDir, newKeyText())
      replaceKeptKey(dataDir, first)
      assert.equal(everyKey(keys).length, 2)
      for (const file of [keyFile(dataDir), earlierKeysFile(dataDir)])
        assert.equal(fs.statSync(file).mode & 0o777, 0o600)
      assert.deepEqual(fs.readdirSync(dataDir).sort(), ['secret.key', 'secret.key.earlier'])
    }))

  it('stay those of a process whose files are away, and come back with them', () =>
    inDataDir((dataDir) => {
      const keys = keptKeys(dataDir)
      const before = made(keys)
      const aside = `${keyFile(dataDir)}.aside`
      fs.renameSync(keyFile(dataDir), aside)
      assert.ok(opens(keys, before.sealed))
      assert.ok(!fs.existsSync(keyFile(dataDir)), 'a process that runs makes no other key')
      fs.writeFileSync(keyFile(dataDir), '')
      assert.ok(opens(keys, before.sealed))
      fs.renameSync(aside, keyFile(dataDir))
      assert.equal(made(keys).key, before.key)
    }))
})
