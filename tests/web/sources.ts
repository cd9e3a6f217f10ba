import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../web/src/', import.meta.url))

/** Every component and module of the web app, by its path below web/src. */
export function sources(): { file: string; text: string }[] {
  return fs
    .readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(?:svelte|ts)$/.test(file) && !file.endsWith('schema.d.ts'))
    .map((file) => ({
      file: file.split(path.sep).join('/'),
      text: fs.readFileSync(path.join(root, file), 'utf8'),
    }))
    .sort((a, b) => a.file.localeCompare(b.file))
}
