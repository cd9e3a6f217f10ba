import { type Right, rights } from '../../../domain/permissions.ts'
import { role } from '../../../domain/vocabulary.ts'
import type { RouteRight } from '../../access/authentication.ts'

/**
 * Who may ask it, for people: from the roles that have the right.
 * @param sessionOnly an API token is not enough.
 */
export function whoMay(right: RouteRight | undefined, sessionOnly: boolean): string {
  if (right === undefined || right === 'public') return 'Needs no sign-in.'
  const who = right === 'signed-in' ? 'everybody who has signed in' : peopleWith(right)
  return `For ${who}${sessionOnly ? ', and not with an API token' : ''}.`
}

const peopleWith = (right: Right): string =>
  new Intl.ListFormat('en-GB').format(
    role.options.filter((one) => rights(one).includes(right)).map((one) => `${one}s`),
  )
