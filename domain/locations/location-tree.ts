import type { LocationKind } from './vocabulary.ts'

/**
 * What may be inside what: companies and sites stand for themselves, the rest is inside something
 * larger.
 */
const insideOf: Record<LocationKind, readonly (LocationKind | null)[]> = {
  company: [null],
  site: [null],
  section: ['company', 'site'],
  room: ['company', 'site', 'section'],
}

/** @param parent the kind of the location that it is to be in; null: none. */
export const mayBeInside = (kind: LocationKind, parent: LocationKind | null): boolean =>
  insideOf[kind].includes(parent)

export interface LocationNode {
  id: string
  parentId: string | null
  name: string
}

/**
 * @returns the whole way to each location, `Acme / Finance / Room 12`, by id. A parent that is missing
 *   is left out.
 */
export function locationPaths(locations: readonly LocationNode[]): Map<string, string> {
  const byId = new Map(locations.map((location) => [location.id, location]))
  const path = (location: LocationNode, depth: number): string => {
    const parent =
      location.parentId === null || depth > 10 ? undefined : byId.get(location.parentId)
    return parent ? `${path(parent, depth + 1)} / ${location.name}` : location.name
  }
  return new Map(locations.map((location) => [location.id, path(location, 0)]))
}

/** Compared without regard to case and to blanks around the slashes. */
export const comparedPath = (path: string): string =>
  path
    .split('/')
    .map((part) => part.trim().toLowerCase())
    .join(' / ')
