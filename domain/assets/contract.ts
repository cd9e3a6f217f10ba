import { z } from 'zod'
import { singleLine } from '../single-line.ts'
import { FALLBACK, languages } from '../../languages/language.ts'
import { importErrorCodes } from './import-errors.ts'
import { locationRef } from '../locations/vocabulary.ts'
import {
  assetRef,
  assetStatus,
  confirmationKind,
  confirmer,
  documentKind,
  documentRef,
} from './vocabulary.ts'
import { actor, emailAddress, ticketStatus } from '../vocabulary.ts'
import { cursorQuery, isoDay, isoTime, page } from '../contract.ts'
import { attachment } from '../conversation/contract.ts'

const day = isoDay
/** Exact: a decimal as text, never a floating point number. */
const amount = z.string().regex(/^\d{1,12}(\.\d{1,4})?$/, 'is not an amount such as 1249.00')
const currency = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z]{3}$/, 'is no currency such as EUR (ISO 4217)')

export const holder = z.object({ email: z.string(), name: z.string() })

export const asset = z
  .object({
    id: z.uuid(),
    name: z.string(),
    type: z.string(),
    serial: z.string(),
    model: z.string(),
    status: assetStatus,
    location: locationRef.nullable(),
    /** Who has it, by address: with or without an account. */
    user: holder.nullable(),
    purchasedOn: day.nullable(),
    warrantyEnds: day.nullable(),
    supplier: z.string(),
    price: z.string().nullable(),
    currency: z.string(),
    notes: z.string(),
    partOf: assetRef.nullable(),
    /** The ticket whose delivery made it. */
    fromTicket: z.number().int().nullable(),
    createdAt: isoTime,
    updatedAt: isoTime,
  })
  .meta({ id: 'Asset' })
export type Asset = z.infer<typeof asset>

const linkedTicket = z.object({
  number: z.number().int(),
  subject: z.string(),
  status: ticketStatus,
})

export const confirmation = z
  .object({
    id: z.uuid(),
    ticketNumber: z.number().int(),
    kind: confirmationKind,
    person: holder,
    text: z.string(),
    assets: z.array(assetRef),
    askedBy: z.string(),
    state: z.enum(['asked', 'given', 'refused', 'revoked', 'expired']),
    expiresAt: isoTime,
    createdAt: isoTime,
    endedAt: isoTime.nullable(),
    /** The network address that the answer came from. */
    answeredFrom: z.string(),
    reason: z.string(),
  })
  .meta({ id: 'Confirmation' })
export type Confirmation = z.infer<typeof confirmation>

export const assetDetail = asset
  .extend({
    parts: z.array(assetRef),
    documents: z.array(documentRef),
    tickets: z.array(linkedTicket),
    confirmations: z.array(confirmation),
  })
  .meta({ id: 'AssetDetail' })
export type AssetDetail = z.infer<typeof assetDetail>

const assetFields = z.object({
  name: singleLine(200).min(1),
  type: singleLine(60).min(1),
  serial: singleLine(100),
  model: singleLine(200),
  status: assetStatus,
  locationId: z.uuid().nullable(),
  user: confirmer.nullable(),
  purchasedOn: day.nullable(),
  warrantyEnds: day.nullable(),
  supplier: singleLine(200),
  price: amount.nullable(),
  currency,
  notes: z.string().max(5000),
  partOfId: z.uuid().nullable(),
})
export const newAsset = assetFields
  .partial()
  .required({ name: true, type: true })
  .meta({ id: 'NewAsset' })
/** Only what is present changes; each change is a line of the asset's history. */
export const assetChange = assetFields.partial().meta({ id: 'AssetChange' })

export const assetQuery = cursorQuery.extend({
  /** Words in name, serial number, model, supplier and user. */
  q: z.string().max(200).optional(),
  type: z.string().max(60).optional(),
  status: assetStatus.optional(),
  /** At this location or in it. */
  location: z.uuid().optional(),
  /** An e-mail address. */
  user: emailAddress.optional(),
})
export const assetPage = page(asset).extend({ total: z.number().int() }).meta({ id: 'AssetPage' })
/** GET /assets/types: the words that are in use. */
export const assetTypes = page(z.string()).meta({ id: 'AssetTypes' })

/**
 * POST /assets/import: `csv` as text, or `base64` of the file as it is, whose encoding is then
 * found out.
 */
export const assetImport = z
  .object({
    csv: z.string().max(3_000_000).optional(),
    base64: z.base64().max(4_000_000).optional(),
    preview: z.boolean().default(true),
  })
  .refine((i) => (i.csv === undefined) !== (i.base64 === undefined), {
    message: 'Give either csv or base64.',
    path: ['csv'],
  })
  .meta({ id: 'AssetImport' })
export const importError = z
  .object({
    line: z.number().int(),
    column: z.string(),
    code: z.enum(importErrorCodes),
    value: z.string(),
    message: z.string(),
  })
  .meta({ id: 'ImportError' })
/** With errors nothing was imported. */
export const assetImportResult = z
  .object({
    imported: z.number().int(),
    total: z.number().int(),
    /** The first 200; `errorTotal` counts all. */
    errors: z.array(importError),
    errorTotal: z.number().int(),
    /** The first lines as they will be. */
    sample: z.array(
      z.object({
        line: z.number().int(),
        name: z.string(),
        type: z.string(),
        serial: z.string(),
        status: assetStatus,
        user: z.string(),
        price: z.string().nullable(),
        warrantyEnds: day.nullable(),
      }),
    ),
  })
  .meta({ id: 'AssetImportResult' })
export type AssetImportResult = z.infer<typeof assetImportResult>

export const document = z
  .object({
    id: z.uuid(),
    kind: documentKind,
    title: z.string(),
    number: z.string(),
    supplier: z.string(),
    issuedOn: day.nullable(),
    /** The end of a warranty, a licence, a contract. */
    endsOn: day.nullable(),
    version: z.string(),
    seats: z.number().int().nullable(),
    /**
     * Assets that are linked with it and still there: each takes a seat. Null where no seats are
     * counted.
     */
    seatsUsed: z.number().int().nullable(),
    amount: z.string().nullable(),
    currency: z.string(),
    location: locationRef.nullable(),
    notes: z.string(),
    createdAt: isoTime,
    updatedAt: isoTime,
  })
  .meta({ id: 'DocumentView' })
export type DocumentView = z.infer<typeof document>
export const documentDetail = document
  .extend({
    files: z.array(attachment),
    assets: z.array(assetRef),
    documents: z.array(documentRef),
    tickets: z.array(linkedTicket),
  })
  .meta({ id: 'DocumentDetail' })
export type DocumentDetail = z.infer<typeof documentDetail>

const documentFields = z.object({
  kind: documentKind,
  title: singleLine(200).min(1),
  number: singleLine(100),
  supplier: singleLine(200),
  issuedOn: day.nullable(),
  endsOn: day.nullable(),
  version: singleLine(100),
  seats: z.number().int().min(0).max(10_000_000).nullable(),
  amount: amount.nullable(),
  currency,
  locationId: z.uuid().nullable(),
  notes: z.string().max(5000),
})
export const newDocument = documentFields
  .partial()
  .required({ kind: true, title: true })
  .extend({ attachmentIds: z.array(z.uuid()).max(100).default([]) })
  .meta({ id: 'NewDocument' })
export const documentChange = documentFields.partial().meta({ id: 'DocumentChange' })
export const documentQuery = cursorQuery.extend({
  q: z.string().max(200).optional(),
  kind: documentKind.optional(),
})
export const documentPage = page(document)
  .extend({ total: z.number().int() })
  .meta({ id: 'DocumentPage' })
export const documentFiles = z
  .object({ attachmentIds: z.array(z.uuid()).min(1).max(100) })
  .meta({ id: 'DocumentFiles' })

export const assetLink = z.object({ assetId: z.uuid() }).meta({ id: 'AssetLink' })
export const documentLink = z.object({ documentId: z.uuid() }).meta({ id: 'DocumentLink' })

/** One line of what happened to an asset or a document. */
export const assetHistoryEntry = z
  .object({
    id: z.string(),
    at: isoTime,
    actor,
    change: z.enum([
      'created',
      'imported',
      'purchased',
      'changed',
      'linked',
      'unlinked',
      'fileAdded',
      'fileRemoved',
      'confirmed',
      'removed',
    ]),
    /** What changed: a field's name, or what was linked. */
    field: z.string(),
    from: z.string().nullable(),
    to: z.string().nullable(),
    ticketNumber: z.number().int().nullable(),
  })
  .meta({ id: 'AssetHistoryEntry' })
export type AssetHistoryEntry = z.infer<typeof assetHistoryEntry>
export const assetHistory = page(assetHistoryEntry).meta({ id: 'AssetHistory' })

/**
 * GET /tickets/:number/assets and …/documents. Suggested: what the requester has, and the papers of
 * what is linked.
 */
export const ticketAssets = z
  .object({ linked: z.array(asset), suggested: z.array(asset) })
  .meta({ id: 'TicketAssets' })
export type TicketAssets = z.infer<typeof ticketAssets>
export const ticketDocuments = z
  .object({ linked: z.array(document), suggested: z.array(document) })
  .meta({ id: 'TicketDocuments' })
export type TicketDocuments = z.infer<typeof ticketDocuments>

export const newConfirmation = z
  .object({
    kind: confirmationKind,
    assetIds: z.array(z.uuid()).min(1).max(50),
    person: confirmer,
    text: z.string().trim().max(5000).default(''),
    /** Days in which it can be answered. */
    days: z.number().int().min(1).max(90).default(14),
  })
  .meta({ id: 'NewConfirmation' })
export const confirmationPage = page(confirmation).meta({ id: 'ConfirmationPage' })

/** GET /confirmation-links/:token: what the person is asked, without sign-in. */
export const confirmationOffer = confirmation
  .pick({
    kind: true,
    person: true,
    text: true,
    askedBy: true,
    state: true,
    expiresAt: true,
    endedAt: true,
  })
  .extend({
    assets: z.array(z.object({ name: z.string(), type: z.string(), serial: z.string() })),
    /** When an answer was given that is not in the ticket's log yet. */
    recordingSince: isoTime.nullable(),
  })
  .meta({ id: 'ConfirmationOffer' })
export type ConfirmationOffer = z.infer<typeof confirmationOffer>
export const confirmationAnswer = z
  .object({ answer: z.enum(['given', 'refused']), reason: z.string().trim().max(500).default('') })
  .meta({ id: 'ConfirmationAnswer' })

/** What watches the ends of warranties and licences. Without a department it opens no ticket. */
export const warrantyWatch = z
  .object({
    departmentId: z.uuid().nullable().default(null),
    days: z.number().int().min(1).max(365).default(30),
    language: z.enum(languages).default(FALLBACK),
  })
  .meta({ id: 'WarrantyWatch' })
export type WarrantyWatch = z.infer<typeof warrantyWatch>
