import { decodeText } from './charset.ts'
import { readProperties, type MapiProperties } from './tnef-properties.ts'
import { decompressRtf, rtfToHtml, rtfToText } from './tnef-rtf.ts'

/** What a winmail.dat holds (MS-OXTNEF): Outlook's own packing of a mail's body and attachments. */
export interface Tnef {
  text: string | null
  html: string | null
  files: TnefFile[]
}

export interface TnefFile {
  filename: string
  contentType: string | null
  contentId: string | null
  content: Buffer
}

const signature = 0x223e9f78
const attachmentLevel = 2
const mostFiles = 1000
const attribute = {
  body: 0x800c,
  mapiProperties: 0x9003,
  codePage: 0x9007,
  renderData: 0x9002,
  title: 0x8010,
  data: 0x800f,
  attachment: 0x9005,
} as const
const property = {
  body: 0x1000,
  bodyHtml: 0x1013,
  rtfCompressed: 0x1009,
  internetCodePage: 0x3fde,
  attachData: 0x3701,
  longFilename: 0x3707,
  filename: 0x3704,
  displayName: 0x3001,
  mimeTag: 0x370e,
  contentId: 0x3712,
} as const

/** @returns whether the bytes are TNEF, whatever the part was called. */
export const isTnef = (bytes: Buffer): boolean =>
  bytes.length > 6 && bytes.readUInt32LE(0) === signature

/**
 * Unpacks a winmail.dat. A damaged one gives what stands before the damage.
 * @returns null when it is no TNEF at all.
 */
export function readTnef(bytes: Buffer): Tnef | null {
  if (!isTnef(bytes)) return null
  const reading: Reading = {
    codePage: 'windows-1252',
    result: { text: null, html: null, files: [] },
    current: null,
  }
  for (let at = 6; at + 11 <= bytes.length;) {
    const level = bytes[at] ?? 0
    const id = bytes.readUInt16LE(at + 1)
    const length = bytes.readUInt32LE(at + 5)
    const data = bytes.subarray(at + 9, at + 9 + length)
    if (level === attachmentLevel) readAttachmentAttribute(reading, id, data)
    else readMessageAttribute(reading, id, data)
    if (data.length < length || reading.result.files.length >= mostFiles) break
    at += 9 + length + 2
  }
  keep(reading)
  return reading.result
}

interface Reading {
  codePage: string
  result: Tnef
  current: TnefFile | null
}

function readMessageAttribute(reading: Reading, id: number, data: Buffer): void {
  const { result } = reading
  if (id === attribute.codePage && data.length >= 4)
    reading.codePage = codePageName(data.readUInt32LE(0))
  if (id === attribute.body) result.text ??= trimmed(decodeText(data, reading.codePage))
  if (id === attribute.mapiProperties) readBodies(reading, readProperties(data, reading.codePage))
}

function readBodies({ result, codePage }: Reading, properties: MapiProperties): void {
  const html = properties.get(property.bodyHtml)
  const text = properties.get(property.body)
  const internetCodePage = properties.get(property.internetCodePage)
  if (html)
    result.html =
      html.text ??
      decodeText(
        html.bytes,
        internetCodePage ? codePageName(internetCodePage.bytes.readUInt32LE(0)) : codePage,
      )
  if (text?.text) result.text = trimmed(text.text)
  const packed = properties.get(property.rtfCompressed)
  const rtf = packed ? decompressRtf(packed.bytes) : null
  if (rtf && !result.html) result.html = rtfToHtml(rtf)
  if (rtf && !result.html && !result.text) result.text = rtfToText(rtf)
}

function readAttachmentAttribute(reading: Reading, id: number, data: Buffer): void {
  if (id === attribute.renderData) {
    keep(reading)
    reading.current = { filename: '', contentType: null, contentId: null, content: Buffer.alloc(0) }
  }
  const file = reading.current
  if (!file) return
  if (id === attribute.title && file.filename === '')
    file.filename = trimmed(decodeText(data, reading.codePage))
  if (id === attribute.data) file.content = data
  if (id === attribute.attachment) readFileProperties(file, readProperties(data, reading.codePage))
}

function readFileProperties(file: TnefFile, properties: MapiProperties): void {
  const text = (id: number): string => trimmed(properties.get(id)?.text ?? '')
  file.filename =
    text(property.longFilename) ||
    file.filename ||
    text(property.filename) ||
    text(property.displayName)
  file.contentType = text(property.mimeTag) || file.contentType
  file.contentId = text(property.contentId).replace(/^<|>$/g, '') || file.contentId
  const object = properties.get(property.attachData)
  // An embedded message is TNEF again behind the 16 bytes of its interface id; it is kept as that.
  if (object && file.content.length === 0)
    file.content = isTnef(object.bytes.subarray(16)) ? object.bytes.subarray(16) : object.bytes
}

function keep(reading: Reading): void {
  if (reading.current && (reading.current.content.length > 0 || reading.current.filename !== ''))
    reading.result.files.push(reading.current)
  reading.current = null
}

const codePageName = (number: number): string =>
  number === 65_001
    ? 'utf-8'
    : number === 932
      ? 'cp932'
      : number === 20_866
        ? 'koi8-r'
        : number >= 28_591 && number <= 28_605
          ? `iso-8859-${number - 28_590}`
          : `cp${number}`

const trimmed = (text: string): string => text.replace(/\u0000[\s\S]*$/, '').trim()
