import { decodeText } from './charset.ts'

export interface MapiProperty {
  bytes: Buffer
  /** For the two string types. */
  text: string | null
}

/** MAPI properties by their id. */
export type MapiProperties = ReadonlyMap<number, MapiProperty>

/** Property types (MS-OXCDATA section 2.11.1) of a fixed length, in bytes as TNEF pads them. */
const fixed: Record<number, number> = {
  0x0002: 4,
  0x0003: 4,
  0x0004: 4,
  0x0005: 8,
  0x0006: 8,
  0x0007: 8,
  0x000a: 4,
  0x000b: 4,
  0x0014: 8,
  0x0040: 8,
  0x0048: 16,
}
const unicode = 0x001f
const variable = new Set([0x000d, 0x001e, unicode, 0x0102])
const mostProperties = 5000

/**
 * The property list of a TNEF attribute (MS-OXTNEF section 2.1.3.4). A damaged list gives the
 * properties before the damage.
 */
export function readProperties(data: Buffer, codePage: string): MapiProperties {
  const properties = new Map<number, MapiProperty>()
  const reader = new Reader(data)
  try {
    const count = Math.min(reader.uint32(), mostProperties)
    for (let i = 0; i < count; i++) readProperty(reader, codePage, properties)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  return properties
}

function readProperty(
  reader: Reader,
  codePage: string,
  properties: Map<number, MapiProperty>,
): void {
  const type = reader.uint16()
  const id = reader.uint16()
  if (id >= 0x8000) skipName(reader)
  const single = type & 0x0fff
  const several = (type & 0x1000) !== 0
  if (variable.has(single)) {
    const count = reader.uint32()
    if (count > mostProperties) throw new RangeError('more values than bytes')
    for (let i = 0; i < count; i++) {
      const bytes = reader.padded(reader.uint32())
      if (i === 0) properties.set(id, { bytes, text: textOf(single, bytes, codePage) })
    }
    return
  }
  const length = fixed[single]
  if (length === undefined) throw new RangeError('unknown property type')
  const count = several ? reader.uint32() : 1
  if (count > mostProperties) throw new RangeError('more values than bytes')
  for (let i = 0; i < count; i++) {
    const bytes = reader.take(length)
    if (i === 0) properties.set(id, { bytes, text: null })
  }
}

/** A named property has a GUID and a number or a name before its value. */
function skipName(reader: Reader): void {
  reader.take(16)
  if (reader.uint32() === 0) reader.take(4)
  else reader.padded(reader.uint32())
}

function textOf(type: number, bytes: Buffer, codePage: string): string | null {
  if (type === unicode)
    return bytes.toString('utf16le', 0, bytes.length - (bytes.length % 2)).replace(/\u0000+$/, '')
  return type === 0x001e ? decodeText(bytes, codePage) : null
}

class Reader {
  #at = 0
  readonly #data: Buffer

  constructor(data: Buffer) {
    this.#data = data
  }

  /** @throws RangeError when the data ends before. */
  take(length: number): Buffer {
    if (this.#at + length > this.#data.length) throw new RangeError('data ends early')
    this.#at += length
    return this.#data.subarray(this.#at - length, this.#at)
  }

  padded(length: number): Buffer {
    const bytes = this.take(length)
    this.#at = Math.min(this.#at + ((4 - (length % 4)) % 4), this.#data.length)
    return bytes
  }

  uint16(): number {
    return this.take(2).readUInt16LE(0)
  }

  uint32(): number {
    return this.take(4).readUInt32LE(0)
  }
}
