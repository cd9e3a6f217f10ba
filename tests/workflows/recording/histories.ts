import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { transform } from 'esbuild'

/** A folder for each release whose workflows may still be running, and one for what comes next. */
export const histories = fileURLToPath(new URL('../histories/', import.meta.url))

/** Recorded anew with each change of the workflows; it takes the version's name at a release. */
export const unreleased = path.join(histories, 'unreleased')

const SOURCE = 'recorded-from.txt'

/** @returns every recorded life as a path below `histories`, in order. */
export const recordedFiles = (): string[] =>
  (fs.readdirSync(histories, { recursive: true }) as string[])
    .filter((file) => file.endsWith('.json'))
    .sort()

/** @returns the folder of the latest recordings. */
export function latestRecordings(): string {
  if (fs.existsSync(unreleased)) return unreleased
  const releases = fs
    .readdirSync(histories)
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  return path.join(histories, releases.at(-1) ?? '')
}

/** Notes in the folder of the unreleased recordings which code they were made with. */
export async function noteSource(): Promise<void> {
  fs.writeFileSync(path.join(unreleased, SOURCE), `${await workflowCode()}\n`)
}

/** @returns which code the recordings in a folder were made with. */
export const notedSource = (folder: string): string =>
  fs.readFileSync(path.join(folder, SOURCE), 'utf8').trim()

/** @returns a digest of the workflows' code as it runs: comments, types and spaces do not count. */
export async function workflowCode(): Promise<string> {
  const root = fileURLToPath(new URL('../../../workflows/', import.meta.url))
  const files = (fs.readdirSync(root, { recursive: true }) as string[])
    .filter((file) => file.endsWith('.ts'))
    .sort()
  const digest = createHash('sha256')
  for (const file of files) {
    const source = fs.readFileSync(path.join(root, file), 'utf8')
    const { code } = await transform(source, { loader: 'ts', minify: true, target: 'es2022' })
    digest.update(`${file.replaceAll(path.sep, '/')}\n${code}\n`)
  }
  return digest.digest('hex')
}
