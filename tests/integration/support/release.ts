import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** @returns the tag of the last release, or undefined where the checkout has none. */
export function lastRelease(): string | undefined {
  try {
    return execFileSync('git', ['describe', '--tags', '--abbrev=0', '--match', '[0-9]*'], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return undefined
  }
}

/**
 * Builds the programs of a release in a folder of its own, with the packages of this tree.
 * @returns the folder; whoever asks removes it.
 */
export function buildRelease(tag: string): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `guichet-${tag}-`))
  const archive = execFileSync('git', ['archive', tag], { cwd: ROOT, maxBuffer: 256 * 1024 * 1024 })
  execFileSync('tar', ['-x', '-C', folder], { input: archive })
  fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'))
  execFileSync(process.execPath, ['scripts/build.mjs', '--server'], {
    cwd: folder,
    stdio: 'ignore',
  })
  return folder
}
