import { z } from 'zod'

/**
 * From large to small: a client's company or a site of one's own, a department or section in it, a
 * room.
 */
export const locationKind = z.enum(['company', 'site', 'section', 'room'])

export type LocationKind = z.infer<typeof locationKind>

/** `name` is the whole way to it: `Acme / Finance / Room 12`. */
export const locationRef = z.object({ id: z.uuid(), name: z.string().max(700) })

export type LocationRef = z.infer<typeof locationRef>
