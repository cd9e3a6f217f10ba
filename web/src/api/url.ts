import { addressOf, base, type PathOf, queryString } from './client.ts'

/** Where something is that a link or a picture shows: a file, a message's source, a table as CSV. */
export function urlOf(
  path: PathOf<'get'>,
  { path: values = {}, query = {} }: { path?: Record<string, string>; query?: object } = {},
): string {
  const asked = queryString(query)
  return `${base}${addressOf(path, values)}${asked === '' ? '' : `?${asked}`}`
}
