import { cut } from '../../../domain/cut.ts'
import type { AssetHistoryEntry, DocumentView } from '../../../domain/assets/contract.ts'
import type { AssetStatus, DocumentKind } from '../../../domain/assets/vocabulary.ts'
import type { Tone } from '../components/Badge.svelte'
import type { Choice } from '../components/Picker.svelte'
import { all } from '../components/vocabulary.ts'
import { actorName } from '../history/sentences.ts'
import { numberText } from '../language/amounts.ts'
import { t, textFor } from '../language/language.svelte.ts'
import { dayText } from '../language/times.ts'

export const assetStatuses = all<AssetStatus>({
  inStock: true,
  inUse: true,
  inRepair: true,
  retired: true,
  lost: true,
})
export const documentKinds = all<DocumentKind>({
  invoice: true,
  warranty: true,
  licence: true,
  contract: true,
  quote: true,
  other: true,
})

export const statusTones: Record<AssetStatus, Tone> = {
  inStock: 'neutral',
  inUse: 'success',
  inRepair: 'warning',
  retired: 'neutral',
  lost: 'danger',
}

export const statusChoices = (): Choice[] =>
  assetStatuses.map((value) => ({ value, label: t(`assets.status.${value}`) }))
export const kindChoices = (): Choice[] =>
  documentKinds.map((value) => ({ value, label: t(`assets.kind.${value}`) }))

/** How many seats of a licence are taken; null where none are counted. */
export function seatsText({
  seats,
  seatsUsed,
}: Pick<DocumentView, 'seats' | 'seatsUsed'>): string | null {
  if (seats === null) return null
  const used = seatsUsed ?? 0
  return t(used > seats ? 'assets.seatsOver' : 'assets.seatsTaken', {
    used,
    seats,
    free: seats - used,
  })
}

const SOON_DAYS = 30

/**
 * What is to be said of the day on which something ends; null while that is far.
 * @param now milliseconds
 */
export function endingOf(endsOn: string | null, now: number): { label: string; tone: Tone } | null {
  if (endsOn === null) return null
  const days = (Date.parse(`${endsOn}T00:00:00Z`) - now) / 86_400_000
  if (days > SOON_DAYS) return null
  return days < -1
    ? { label: t('assets.ended'), tone: 'danger' }
    : { label: t('assets.endsSoon'), tone: 'warning' }
}

/** One line of a history as a sentence. */
export function changeText({ change, field, from, to, actor }: AssetHistoryEntry): string {
  const who = actorName(actor)
  const values = {
    who,
    field: textFor(`assets.changed.${field}`) ?? field,
    from: valueText(field, from),
    to: valueText(field, to),
  }
  if (change === 'changed')
    return t(
      from === null
        ? 'assets.history.set'
        : to === null
          ? 'assets.history.emptied'
          : 'assets.history.changed',
      values,
    )
  if (change === 'confirmed')
    return t(
      field === 'return' ? 'assets.history.confirmedReturn' : 'assets.history.confirmedHandOver',
      { who },
    )
  return t(`assets.history.${change}`, { who, name: to ?? from ?? '' })
}

function valueText(field: string, value: string | null): string {
  if (value === null) return ''
  if (field === 'status') return textFor(`assets.status.${value}`) ?? value
  if (field === 'kind') return textFor(`assets.kind.${value}`) ?? value
  if (field === 'price' || field === 'amount' || field === 'seats') return numberText(value)
  return /^\d{4}-\d{2}-\d{2}$/.test(value)
    ? dayText(value)
    : value.length > 200
      ? `${cut(value, 200)}…`
      : value
}
