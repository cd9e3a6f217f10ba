import { pipeline } from 'node:stream/promises'
import type { Writable } from 'node:stream'
import { createGzip } from 'node:zlib'
import tar from 'tar-stream'

/** Of the table `blob`, half is hex and the rest mostly compressed already: more would cost time only. */
const GZIP_LEVEL = 3

/** Writes a backup's entries one after the other, never faster than they are taken. */
export class ArchiveWriter {
  readonly #pack = tar.pack()
  readonly #written: Promise<void>

  /** @param out where the archive goes; ended or destroyed with it. */
  constructor(out: Writable) {
    this.#written = pipeline(this.#pack, createGzip({ level: GZIP_LEVEL }), out)
    // Whoever writes hears of it: at the next entry, or at the end.
    this.#written.catch(() => undefined)
  }

  /** @throws whatever keeps the archive from being written, such as a full disk. */
  async add(name: string, content: Buffer | string): Promise<void> {
    const added = new Promise<void>((resolve, reject) => {
      this.#pack.entry({ name, mode: 0o600 }, content, (error) => {
        if (error) reject(error)
        else resolve()
      })
    })
    await Promise.race([added, this.#written])
  }

  /** Returns when everything has been written. */
  async finish(): Promise<void> {
    this.#pack.finalize()
    await this.#written
  }

  /** Gives up. */
  abandon(): void {
    this.#pack.destroy()
  }
}
