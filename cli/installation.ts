import fs from 'node:fs'
import path from 'node:path'
import { projectRoot } from '../scripts/environment.mjs'

/** The version of this Guichet. */
export function guichetVersion(): string {
  const text = fs.readFileSync(path.join(projectRoot, 'package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

/** npm changes to the project's folder; a path is meant from where the command was given. */
export const givenPath = (text: string): string =>
  path.resolve(process.env['INIT_CWD'] ?? process.cwd(), text) +
  (text.endsWith(path.sep) ? path.sep : '')

/**
 * @param version numbers with dots between them.
 * @returns whether the first is above the second.
 */
export function isNewer(version: string, than: string): boolean {
  const [left, right] = [version, than].map((text) => text.split(/[.-]/).map(Number))
  for (let i = 0; i < 3; i++) {
    const [a, b] = [left?.[i] ?? 0, right?.[i] ?? 0]
    if (a !== b) return a > b
  }
  return false
}
