import { z } from 'zod'
import { singleLine } from '../single-line.ts'
import { locationKind } from './vocabulary.ts'

export const location = z
  .object({
    id: z.uuid(),
    parentId: z.uuid().nullable(),
    kind: locationKind,
    name: z.string(),
    path: z.string(),
  })
  .meta({ id: 'Location' })

export type Location = z.infer<typeof location>

export const newLocation = z
  .object({
    name: singleLine(120)
      .min(1)
      .regex(/^[^/]*$/, 'has no slash'),
    kind: locationKind,
    parentId: z.uuid().nullish(),
  })
  .meta({ id: 'NewLocation' })

export const locationChange = newLocation.partial().meta({ id: 'LocationChange' })

/** The locations that a user is limited to; empty: not limited. */
export const userLocations = z
  .object({ locationIds: z.array(z.uuid()).max(500) })
  .meta({ id: 'UserLocations' })
