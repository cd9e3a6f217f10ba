import type { z } from 'zod'
import type { assetQuery } from '../../domain/assets/contract.ts'
import { visibleLocations } from '../../domain/permissions.ts'
import type { SignedInUser } from '../access/sessions.ts'

/** The words of a search as a pattern of LIKE. */
export const containing = (word: string): string => `%${word.replace(/[\\%_]/g, '\\$&')}%`

/** A WHERE clause on `asset a`: what the list asks for, within the locations that the person sees. */
export function assetFilter(
  user: SignedInUser,
  query: Omit<z.infer<typeof assetQuery>, 'cursor' | 'limit'>,
): { where: string; params: unknown[] } {
  const params: unknown[] = []
  const bound = (value: unknown): string => `$${params.push(value)}`
  const wheres = ['a.removed_at IS NULL']
  const locations = visibleLocations(user)
  if (locations) wheres.push(`a.location_id = ANY(${bound(locations)}::uuid[])`)
  if (query.type) wheres.push(`lower(a.type) = lower(${bound(query.type)})`)
  if (query.status) wheres.push(`a.status = ${bound(query.status)}`)
  if (query.location)
    wheres.push(`a.location_id = ANY(locations_within(ARRAY[${bound(query.location)}::uuid]))`)
  if (query.user) wheres.push(`a.user_email = ${bound(query.user)}`)
  for (const word of (query.q ?? '').split(/\s+/).filter(Boolean).slice(0, 10)) {
    wheres.push(
      `concat_ws(' ', a.name, a.serial, a.model, a.supplier, a.type, a.user_email, a.user_name) ILIKE ${bound(containing(word))}`,
    )
  }
  return { where: wheres.join(' AND '), params }
}
