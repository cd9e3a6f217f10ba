import type { DocumentDetail } from '../../../domain/assets/contract.ts'
import type { DocumentKind } from '../../../domain/assets/vocabulary.ts'
import type { Schema } from '../api/client.ts'
import { decimalText, numberFrom, typedDecimal } from '../language/typed-numbers.ts'

/** What stands in the form of a document, and what it says to the API. */
export class DocumentForm {
  kind = $state<string>('invoice')
  title = $state('')
  number = $state('')
  supplier = $state('')
  issuedOn = $state('')
  endsOn = $state('')
  version = $state('')
  seats = $state('')
  amount = $state('')
  currency = $state('EUR')
  locationId = $state('')
  notes = $state('')

  constructor(stored: DocumentDetail | null) {
    if (!stored) return
    this.kind = stored.kind
    this.title = stored.title
    this.number = stored.number
    this.supplier = stored.supplier
    this.issuedOn = stored.issuedOn ?? ''
    this.endsOn = stored.endsOn ?? ''
    this.version = stored.version
    this.seats = stored.seats?.toString() ?? ''
    this.amount = typedDecimal(stored.amount ?? '')
    this.currency = stored.currency ?? 'EUR'
    this.locationId = stored.location?.id ?? ''
    this.notes = stored.notes
  }

  get body(): Schema<'NewDocument'> {
    return {
      kind: this.kind as DocumentKind,
      title: this.title,
      number: this.number,
      supplier: this.supplier,
      issuedOn: this.issuedOn || null,
      endsOn: this.endsOn || null,
      version: this.version,
      seats: numberFrom(this.seats, '/seats'),
      amount: decimalText(this.amount, '/amount') || null,
      currency: this.currency,
      locationId: this.locationId || null,
      notes: this.notes,
    }
  }

  /** Pointers of the fields that show their own errors. */
  static readonly shown = [
    '/title',
    '/number',
    '/supplier',
    '/issuedOn',
    '/endsOn',
    '/version',
    '/seats',
    '/amount',
    '/currency',
    '/locationId',
    '/notes',
  ]
}
