import { createHash } from 'node:crypto'
import type { Counted } from './contract.ts'

const NEWLINE = 0x0a

/** Counts and hashes a table's COPY text as it passes; a line break always ends a row there. */
export class TableDigest {
  #hash = createHash('sha256')
  #rows = 0
  #bytes = 0

  add(chunk: Buffer): void {
    this.#hash.update(chunk)
    this.#bytes += chunk.length
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1))
      this.#rows++
  }

  get result(): Counted {
    return { rows: this.#rows, bytes: this.#bytes, sha256: this.#hash.copy().digest('hex') }
  }
}
