// Whether a made thing is still made from the sources as they are now: a hash of the sources, kept
// beside the thing.
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { projectRoot } from '../environment.mjs'

const SKIPPED = new Set(['node_modules', 'dist', 'generated', '.svelte-kit', 'schema.d.ts'])

/**
 * @param {string[]} sources files and folders below the project's root; a missing one counts as
 *   empty
 * @param {string} [salt] whatever else the result depends on
 * @returns {string} a hash of all their paths and bytes
 */
export function hashOf(sources, salt = '') {
  const hash = createHash('sha256').update(salt)
  for (const source of sources)
    for (const file of filesBelow(path.join(projectRoot, source)))
      hash.update(`\0${path.relative(projectRoot, file)}\0`).update(fs.readFileSync(file))
  return hash.digest('hex')
}

/**
 * @param {string} file where the stamp is kept
 * @param {string} hash
 */
export const isFresh = (file, hash) => fs.existsSync(file) && fs.readFileSync(file, 'utf8') === hash

/**
 * @param {string} file
 * @param {string} hash
 */
export function writeStamp(file, hash) {
  fs.mkdirSync(path.dirname(file), { recursive: true })
  const beside = `${file}.${process.pid}`
  fs.writeFileSync(beside, hash)
  fs.renameSync(beside, file)
}

/**
 * @param {string} start
 * @returns {Generator<string>} every file, in a fixed order
 */
export function* filesBelow(start) {
  const stat = fs.statSync(start, { throwIfNoEntry: false })
  if (!stat) return
  if (stat.isFile()) yield start
  else
    for (const name of fs.readdirSync(start).sort())
      if (!SKIPPED.has(name)) yield* filesBelow(path.join(start, name))
}

/**
 * Puts a freshly made folder where the old one is, file by file, so that a reader always
 * finds one or the other.
 * @param {string} made
 * @param {string} target
 */
export function replaceFolder(made, target) {
  const fresh = new Set([...filesBelow(made)].map((file) => path.relative(made, file)))
  for (const file of fresh) {
    fs.mkdirSync(path.dirname(path.join(target, file)), { recursive: true })
    fs.renameSync(path.join(made, file), path.join(target, file))
  }
  for (const file of [...filesBelow(target)])
    if (!fresh.has(path.relative(target, file))) fs.rmSync(file, { force: true })
  fs.rmSync(made, { recursive: true, force: true })
}
