import { z } from 'zod'
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
    name: z
      .string()
      .trim()
      .min(1)
      .max(120)
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
