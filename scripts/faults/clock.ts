// The clock of Guichet's processes, which faults put forward and back.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const PRELOAD = new URL('clock.mjs', import.meta.url)

export interface SiteClock {
  /** For the processes whose clock it is. */
  env: Record<string, string>
  /** @param offset from the machine's clock, in milliseconds. */
  set: (offset: number) => void
  remove: () => void
}

export function siteClock(): SiteClock {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'guichet-clock-'))
  const file = path.join(folder, 'offset')
  const set = (offset: number): void => {
    fs.writeFileSync(`${file}.new`, String(offset))
    fs.renameSync(`${file}.new`, file)
  }
  set(0)
  return {
    env: {
      CLOCK_OFFSET_FILE: file,
      NODE_OPTIONS: `--import=${fileURLToPath(PRELOAD)}`,
    },
    set,
    remove: () => {
      fs.rmSync(folder, { recursive: true, force: true })
    },
  }
}
