import { type Expression, expressionBuilder, type SqlBool, sql } from 'kysely'
import type { z } from 'zod'
import type { assetQuery } from '../../domain/assets/contract.ts'
import type { DB } from '../../prisma/generated/database.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { atVisibleLocation } from '../access/visible-locations.ts'
import { containing, searchWords } from '../http/search-words.ts'

const searched = sql<string>`concat_ws(' ', a.name, a.serial, a.model, a.supplier, a.type, a.user_email, a.user_name)`

/** Of assets `a`: what a list asks for, within the locations that the person sees. */
export function assetFilter(
  user: SignedInUser,
  { type, status, location, user: email, q }: Omit<z.infer<typeof assetQuery>, 'cursor' | 'limit'>,
): Expression<SqlBool> {
  const eb = expressionBuilder<{ a: DB['asset'] }, 'a'>()
  return eb.and([
    eb('a.removed_at', 'is', null),
    atVisibleLocation(user, 'a.location_id'),
    ...(type ? [eb(eb.fn('lower', ['a.type']), '=', eb.fn('lower', [eb.val(type)]))] : []),
    ...(status ? [eb('a.status', '=', status)] : []),
    ...(location
      ? [sql<boolean>`a.location_id = ANY(locations_within(ARRAY[${location}::uuid]))`]
      : []),
    ...(email ? [eb('a.user_email', '=', email)] : []),
    ...searchWords(q).map((word) => eb(searched, 'ilike', containing(word))),
  ])
}
