import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'

/** The key file cannot be read or made. */
export class SecretKeyError extends Error {
  code = 'secret-key-unreadable'
}

/**
 * @typedef {object} KeysOfProcess
 * @property {Buffer} current 32 bytes
 * @property {readonly Buffer[]} earlier newest first
 */

/**
 * @typedef {object} KeySettings
 * @property {string | undefined} secretKeyText SECRET_KEY
 * @property {string[]} earlierKeyTexts SECRET_KEY_EARLIER
 * @property {string} dataDir
 */

/** @param {string} dataDir */
export const keyFile = (dataDir) => path.join(dataDir, 'secret.key')

/** @param {string} dataDir One key a line, the newest first. */
export const earlierKeysFile = (dataDir) => `${keyFile(dataDir)}.earlier`

/**
 * The keys that seal stored passwords: from SECRET_KEY and SECRET_KEY_EARLIER, or from a random key
 * kept in DATA_DIR for its owner alone, with those that it replaced. A process that runs takes up
 * what a rotation writes to DATA_DIR at the next use of a key.
 * @param {KeySettings} settings
 * @returns {KeysOfProcess}
 * @throws {SecretKeyError}
 */
export function readSecretKeys({ secretKeyText, earlierKeyTexts, dataDir }) {
  if (secretKeyText !== undefined) return keysOf(secretKeyText, earlierKeyTexts)
  let seen = stateOf(dataDir)
  const first = keptKey(keyFile(dataDir))
  let keys = keysOf(first, [...earlierKeyTexts, ...keptEarlierKeys(dataDir)])
  const now = () => {
    const state = stateOf(dataDir)
    if (state === seen) return keys
    // A file that is away, empty or not to be read changes nothing for who has its key; that a new one
    // is not known, the process's beat says.
    try {
      const text = keptKeyText(dataDir)
      if (text !== null && text.length >= 16) {
        // In this order: a rotation writes what it replaces before what replaces it.
        keys = keysOf(text, [...earlierKeyTexts, ...keptEarlierKeys(dataDir)])
        seen = state
      }
    } catch (error) {
      if (!(error instanceof SecretKeyError)) throw error
    }
    return keys
  }
  return {
    get current() {
      return now().current
    },
    get earlier() {
      return now().earlier
    },
  }
}

/**
 * @param {string} text
 * @param {string[]} earlier
 * @returns {KeysOfProcess}
 */
const keysOf = (text, earlier) => ({
  current: keyOf(text),
  earlier: [...new Set(earlier)].filter((other) => other !== text).map(keyOf),
})

/**
 * The 32 bytes of a key.
 * @param {string} text
 */
export const keyOf = (text) => createHash('sha256').update(text).digest()

/** A key that nobody has thought of. */
export const newKeyText = () => randomBytes(32).toString('base64url')

/**
 * @param {string} dataDir
 * @returns {string | null} null where there is none; none is made
 */
export function keptKeyText(dataDir) {
  try {
    return fs.readFileSync(keyFile(dataDir), 'utf8').trim()
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return null
    throw unreadable(keyFile(dataDir), error)
  }
}

/**
 * @param {string} dataDir
 * @returns {string[]}
 */
export function keptEarlierKeys(dataDir) {
  const file = earlierKeysFile(dataDir)
  try {
    return fs
      .readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return []
    throw unreadable(file, error)
  }
}

/**
 * Makes a key that of DATA_DIR. The one before it opens and verifies from then on; at no moment
 * would a start find neither.
 * @param {string} dataDir
 * @param {string} text
 */
export function replaceKeptKey(dataDir, text) {
  const before = keptKeyText(dataDir)
  if (before === text) return
  if (before !== null)
    writeEarlierKeys(dataDir, [before, ...keptEarlierKeys(dataDir).filter((key) => key !== before)])
  writeKey(keyFile(dataDir), `${text}\n`)
}

/**
 * @param {string} dataDir
 * @param {string[]} texts newest first; none: the file is removed
 */
export function writeEarlierKeys(dataDir, texts) {
  const file = earlierKeysFile(dataDir)
  if (texts.length === 0) fs.rmSync(file, { force: true })
  else writeKey(file, texts.map((text) => `${text}\n`).join(''))
}

/**
 * For its owner alone, whole or not at all, also through a power cut.
 * @param {string} file
 * @param {string} content
 */
export function writeKey(file, content) {
  fs.mkdirSync(path.dirname(file), { recursive: true })
  const beside = `${file}.${process.pid}.new`
  fs.rmSync(beside, { force: true })
  const fd = fs.openSync(beside, 'wx', 0o600)
  try {
    // What root writes stays readable for the account that Guichet runs as.
    if (process.getuid?.() === 0) {
      const { uid, gid } = fs.statSync(fs.existsSync(file) ? file : path.dirname(file))
      fs.fchownSync(fd, uid, gid)
    }
    fs.writeFileSync(fd, content)
    fs.fsyncSync(fd)
  } finally {
    fs.closeSync(fd)
  }
  fs.renameSync(beside, file)
}

/** @param {string} dataDir Differs when one of the files was replaced. */
const stateOf = (dataDir) =>
  [keyFile(dataDir), earlierKeysFile(dataDir)]
    .map((file) => {
      const stat = fs.statSync(file, { throwIfNoEntry: false })
      return stat ? `${stat.ino} ${stat.mtimeMs} ${stat.size}` : '-'
    })
    .join(' ')

/** @param {string} file */
function keptKey(file) {
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true })
    // Written beside and linked into place, so that two processes starting at once agree on one key
    // and neither reads half of it.
    if (!fs.existsSync(file)) {
      const beside = `${file}.${process.pid}`
      fs.writeFileSync(beside, `${newKeyText()}\n`, { mode: 0o600 })
      try {
        fs.linkSync(beside, file)
      } catch (error) {
        if (!fs.existsSync(file)) fs.renameSync(beside, file)
      } finally {
        fs.rmSync(beside, { force: true })
      }
    }
    const key = fs.readFileSync(file, 'utf8').trim()
    if (key.length >= 16) return key
  } catch (error) {
    throw unreadable(file, error)
  }
  throw new SecretKeyError(
    `The key file ${file} holds no key. Restore it from the backup of DATA_DIR: without it stored passwords cannot be read.`,
  )
}

/**
 * @param {string} file
 * @param {unknown} error
 */
const unreadable = (file, error) =>
  new SecretKeyError(
    `The key file ${file} cannot be read or made: ${/** @type {Error} */ (error).message}. Give SECRET_KEY, or let this user write to DATA_DIR.`,
  )
