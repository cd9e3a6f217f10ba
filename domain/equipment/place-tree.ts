import type { PlaceKind } from './references.ts'

/**
 * What may be inside what: companies and sites stand for themselves, the rest is inside something
 * larger.
 */
const insideOf: Record<PlaceKind, readonly (PlaceKind | null)[]> = {
  company: [null],
  site: [null],
  section: ['company', 'site'],
  room: ['company', 'site', 'section'],
}

/** @param parent the kind of the place that it is to be in; null: none. */
export const mayBeInside = (kind: PlaceKind, parent: PlaceKind | null): boolean =>
  insideOf[kind].includes(parent)

export interface PlaceNode {
  id: string
  parentId: string | null
  name: string
}

/**
 * @returns the whole way to each place, `Acme / Finance / Room 12`, by id. A parent that is missing
 *   is left out.
 */
export function placePaths(places: readonly PlaceNode[]): Map<string, string> {
  const byId = new Map(places.map((place) => [place.id, place]))
  const path = (place: PlaceNode, depth: number): string => {
    const parent = place.parentId === null || depth > 10 ? undefined : byId.get(place.parentId)
    return parent ? `${path(parent, depth + 1)} / ${place.name}` : place.name
  }
  return new Map(places.map((place) => [place.id, path(place, 0)]))
}

/** Compared without regard to case and to blanks around the slashes. */
export const comparedPath = (path: string): string =>
  path
    .split('/')
    .map((part) => part.trim().toLowerCase())
    .join(' / ')
