import type { AssetDetail } from '../../../domain/assets/contract.ts'
import type { AssetStatus } from '../../../domain/assets/vocabulary.ts'
import type { Schema } from '../api/client.ts'
import { decimalText, typedDecimal } from '../language/typed-numbers.ts'

/** What stands in the form of an asset, and what it says to the API. */
export class AssetForm {
  name = $state('')
  type = $state('')
  serial = $state('')
  model = $state('')
  status = $state<string>('inStock')
  locationId = $state('')
  whole = $state<AssetDetail['partOf']>(null)
  userEmail = $state('')
  userName = $state('')
  purchasedOn = $state('')
  warrantyEnds = $state('')
  supplier = $state('')
  price = $state('')
  currency = $state('EUR')
  notes = $state('')

  constructor(stored: AssetDetail | null) {
    if (!stored) return
    this.name = stored.name
    this.type = stored.type
    this.serial = stored.serial
    this.model = stored.model
    this.status = stored.status
    this.locationId = stored.location?.id ?? ''
    this.whole = stored.partOf
    this.userEmail = stored.user?.email ?? ''
    this.userName = stored.user?.name ?? ''
    this.purchasedOn = stored.purchasedOn ?? ''
    this.warrantyEnds = stored.warrantyEnds ?? ''
    this.supplier = stored.supplier
    this.price = typedDecimal(stored.price ?? '')
    this.currency = stored.currency ?? 'EUR'
    this.notes = stored.notes
  }

  get body(): Schema<'NewAsset'> {
    return {
      name: this.name,
      type: this.type,
      serial: this.serial,
      model: this.model,
      status: this.status as AssetStatus,
      locationId: this.locationId || null,
      partOfId: this.whole?.id ?? null,
      user: this.userEmail.trim() ? { email: this.userEmail, name: this.userName } : null,
      purchasedOn: this.purchasedOn || null,
      warrantyEnds: this.warrantyEnds || null,
      supplier: this.supplier,
      price: decimalText(this.price, '/price') || null,
      currency: this.currency,
      notes: this.notes,
    }
  }

  /** Pointers of the fields that show their own errors. */
  static readonly shown = [
    '/name',
    '/type',
    '/serial',
    '/model',
    '/locationId',
    '/partOfId',
    '/user/email',
    '/purchasedOn',
    '/warrantyEnds',
    '/supplier',
    '/price',
    '/currency',
    '/notes',
  ]
}
