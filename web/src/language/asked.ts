import { z } from 'zod'
import { type Asked, asked, valueSort } from '../../../domain/asked.ts'
import { t, textFor } from './language.svelte.ts'
import { momentTime } from './times.ts'

/** What somebody asked of a ticket, in the page's language. */
export const askedText = (one: Asked): string =>
  t(`asked.${one.what}`, { name: one.name || '–', value: askedValue(one) })

/** What it is to become; empty where that is not one thing. */
export function askedValue({ what, value = '' }: Asked): string {
  const sort = valueSort(what)
  if (sort === 'text') return value
  if (sort === 'moment') return momentTime(value)
  return textFor(sort === 'weight' ? `sla.weight.${value}` : `${sort}.${value}`) ?? value
}

/** Of what a history or a notification holds: all that was asked, empty when nothing is known. */
export function allAsked(data: unknown): string {
  const { data: all = [] } = z.array(asked).safeParse(data)
  return all.map(askedText).join(' · ')
}
