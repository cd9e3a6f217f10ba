import type { KeptCommand } from '../api/kept.svelte.ts'
import { allAsked } from '../language/asked.ts'
import { t, textFor } from '../language/language.svelte.ts'

/** What was asked, in a word or two: what was changed of a ticket, or what on it. */
export function keptWords({ method, address, fields, asked }: KeptCommand): string {
  if (asked && asked.length > 0) return allAsked(asked)
  if (address === '/tickets') return t('kept.what.ticket')
  const [, area = '', , part = ''] = address.split('/')
  if (method === 'patch' && area === 'tickets' && part === '') {
    const changed = fields.flatMap((field) => textFor(`field.${field.replace(/Id$/, '')}`) ?? [])
    if (changed.length > 0) return changed.join(', ')
  }
  return textFor(`kept.what.${area === 'tickets' ? part : area}`) ?? t('kept.what.change')
}
