import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import tar from 'tar-stream'
import type { z } from 'zod'
import {
  ArchiveError,
  CHECKS,
  checks as checksSchema,
  type Checks,
  FORMAT,
  MANIFEST,
  manifest as manifestSchema,
  type Manifest,
  SECRET_KEY,
} from './contract.ts'
import { type StoredKey, storedKey } from './secret-key.ts'
import { TableDigest } from './table-digest.ts'

/** Parts are a few megabytes; anything much larger is not of ours, and is not read into memory. */
const LARGEST_ENTRY = 64 * 1024 * 1024

/** Who takes what a backup holds, in its order. */
export interface ArchiveTaker {
  /** Before anything else. */
  manifest?: (manifest: Manifest) => Promise<void> | void
  /** A piece of a table; the pieces of one table follow each other. */
  rows?: (table: string, chunk: Buffer) => Promise<void>
}

/** A backup that was read to its end, and is whole. */
export interface ReadArchive {
  manifest: Manifest
  checks: Checks
  secretKey: StoredKey | null
}

/**
 * Reads a backup from beginning to end and compares every byte with what was counted and hashed
 * when it was written.
 * @param file its path.
 * @param taker is given everything on the way: before the end nothing of it is known to be whole.
 * @throws ArchiveError when it is damaged, cut off, or no backup of a kind known here.
 */
export async function readArchive(file: string, taker: ArchiveTaker = {}): Promise<ReadArchive> {
  const reading = new Reading(taker)
  try {
    for await (const { name, content } of entriesOf(file)) await reading.take(name, content)
  } catch (error) {
    if (!isDamage(error)) throw error
    throw new ArchiveError(
      `${file} is damaged or was cut off: ${(error as Error).message}. Use another backup; nothing was changed.`,
    )
  }
  const read = reading.finish()
  if (typeof read === 'string')
    throw new ArchiveError(`${file} ${read}. Use another backup; nothing was changed.`)
  return read
}

/** zlib's and tar's own errors; those of who takes what is read are theirs. */
const isDamage = (error: unknown): boolean =>
  error instanceof Error &&
  !(error instanceof ArchiveError) &&
  (/^(Z_|ERR_STREAM_PREMATURE_CLOSE)/.test((error as NodeJS.ErrnoException).code ?? '') ||
    /tar header|Unexpected end of data|Invalid tar/i.test(error.message))

async function* entriesOf(file: string): AsyncGenerator<{ name: string; content: Buffer }> {
  const extract = tar.extract()
  const failed = pipeline(fs.createReadStream(file), createGunzip(), extract)
  failed.catch(() => undefined)
  for await (const entry of extract) {
    const { name, size = 0 } = entry.header
    if (size > LARGEST_ENTRY)
      throw new ArchiveError(`${file} holds "${name}", which no backup has.`)
    yield { name, content: await buffer(entry) }
  }
  await failed
}

class Reading {
  #manifest: { value: Manifest; sha256: string } | undefined
  #secretKey: { value: StoredKey; sha256: string } | undefined
  #checks: Checks | undefined
  #tables = new Map<string, TableDigest>()
  readonly #taker

  constructor(taker: ArchiveTaker) {
    this.#taker = taker
  }

  async take(name: string, content: Buffer): Promise<void> {
    if (this.#checks) throw new ArchiveError(`The backup goes on after its end, with "${name}".`)
    if (name === MANIFEST) {
      this.#manifest = { value: knownManifest(content), sha256: sha256(content) }
      await this.#taker.manifest?.(this.#manifest.value)
    } else if (!this.#manifest) {
      throw new ArchiveError(
        'This file is no backup of Guichet: it does not begin with a manifest.',
      )
    } else if (name === SECRET_KEY) {
      this.#secretKey = { value: parse(storedKey, content, name), sha256: sha256(content) }
    } else if (name === CHECKS) {
      this.#checks = parse(checksSchema, content, name)
    } else await this.#rows(name, content)
  }

  async #rows(name: string, content: Buffer): Promise<void> {
    const table = /^tables\/([^/]+)\/\d+\.copy$/.exec(name)?.[1]
    if (table === undefined || !this.#manifest?.value.tables.some((known) => known.name === table))
      throw new ArchiveError(`The backup holds "${name}", which its manifest does not name.`)
    let digest = this.#tables.get(table)
    if (!digest) this.#tables.set(table, (digest = new TableDigest()))
    digest.add(content)
    await this.#taker.rows?.(table, content)
  }

  /** @returns what is wrong, in words that follow the file's name. */
  finish(): ReadArchive | string {
    const [manifest, checks] = [this.#manifest, this.#checks]
    if (!manifest) return 'is no backup of Guichet'
    if (!checks) return 'ends before its end: it was cut off, or the backup was interrupted'
    if (checks.manifestSha256 !== manifest.sha256) return 'has a manifest that was changed'
    if (checks.secretKeySha256 !== (this.#secretKey?.sha256 ?? null))
      return 'has a key that was changed'
    for (const { name } of manifest.value.tables) {
      const found = (this.#tables.get(name) ?? new TableDigest()).result
      const written = checks.tables[name]
      if (found.sha256 !== written?.sha256 || found.rows !== written.rows)
        return `is damaged: table "${name}" has ${found.rows} rows of ${written?.rows ?? 0}, or others than were written`
    }
    return { manifest: manifest.value, checks, secretKey: this.#secretKey?.value ?? null }
  }
}

function knownManifest(content: Buffer): Manifest {
  const format = (json(content, MANIFEST) as { format?: unknown } | null)?.format
  if (typeof format === 'number' && format > FORMAT)
    throw new ArchiveError(
      'This backup was made by a newer Guichet, in a form that is not known here. Restore it with that version.',
    )
  return parse(manifestSchema, content, MANIFEST)
}

function parse<Schema extends z.ZodType>(
  schema: Schema,
  content: Buffer,
  name: string,
): z.output<Schema> {
  const parsed = schema.safeParse(json(content, name))
  if (parsed.success) return parsed.data
  throw new ArchiveError(`The backup's ${name} is not as Guichet writes it.`)
}

function json(content: Buffer, name: string): unknown {
  try {
    return JSON.parse(content.toString('utf8'))
  } catch {
    throw new ArchiveError(`The backup's ${name} cannot be read.`)
  }
}

export const sha256 = (content: Buffer | string): string =>
  createHash('sha256').update(content).digest('hex')
