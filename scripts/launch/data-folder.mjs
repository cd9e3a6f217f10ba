import fs from 'node:fs'
import path from 'node:path'

/** DATA_DIR is not what this start needs. */
export class DataFolderError extends Error {
  code = 'data-dir-unsuitable'
}

/**
 * Makes DATA_DIR and marks what it is for. A demo never runs on real data, and the other way round.
 * @param {string} dataDir
 * @param {boolean} demo
 * @throws {DataFolderError}
 */
export function openDataFolder(dataDir, demo) {
  const marker = path.join(dataDir, 'kind')
  const wanted = demo ? 'demo' : 'real'
  try {
    // As root the servers run under an account of their own, which has to pass through but not to
    // look around.
    fs.mkdirSync(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 })
    fs.accessSync(dataDir, fs.constants.W_OK)
  } catch (error) {
    throw new DataFolderError(
      `DATA_DIR ${dataDir} cannot be made or written to (${/** @type {NodeJS.ErrnoException} */ (error).code}). Give a folder that this user may write to: DATA_DIR=/var/lib/guichet`,
    )
  }
  const kind = fs.existsSync(marker) ? fs.readFileSync(marker, 'utf8').trim() : undefined
  if (demo && kind === undefined && fs.readdirSync(dataDir).length > 0)
    throw new DataFolderError(
      `DATA_DIR ${dataDir} is not empty and was not made by a demo: the demo does not touch it. Leave DATA_DIR out, or name a new folder.`,
    )
  if (kind !== undefined && kind !== wanted) {
    throw new DataFolderError(
      demo
        ? `DATA_DIR ${dataDir} holds real tickets: the demo does not touch it. Leave DATA_DIR out, or name a new folder.`
        : `DATA_DIR ${dataDir} holds a demo's sample data. Leave DATA_DIR out, name another folder, or run npm run demo.`,
    )
  }
  if (kind === undefined) fs.writeFileSync(marker, `${wanted}\n`)
}
