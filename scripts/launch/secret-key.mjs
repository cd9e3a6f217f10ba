import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'

/** The key file cannot be read or made. */
export class SecretKeyError extends Error {
  code = 'secret-key-unreadable'
}

/**
 * The 32 bytes that seal stored passwords: from SECRET_KEY, or from a random key kept in DATA_DIR
 * for its owner alone.
 * @param {string | undefined} text SECRET_KEY
 * @param {string} dataDir
 * @returns {Buffer}
 */
export function readSecretKey(text, dataDir) {
  return createHash('sha256')
    .update(text ?? keptKey(path.join(dataDir, 'secret.key')))
    .digest()
}

/** @param {string} file */
function keptKey(file) {
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true })
    // Written beside and linked into place, so that two processes starting at once agree on one key
    // and neither reads half of it.
    if (!fs.existsSync(file)) {
      const beside = `${file}.${process.pid}`
      fs.writeFileSync(beside, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 })
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
    throw new SecretKeyError(
      `The key file ${file} cannot be read or made: ${/** @type {Error} */ (error).message}. Give SECRET_KEY, or let this user write to DATA_DIR.`,
    )
  }
  throw new SecretKeyError(
    `The key file ${file} holds no key. Restore it from the backup of DATA_DIR: without it stored passwords cannot be read.`,
  )
}
