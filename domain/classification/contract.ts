import { z } from 'zod'
import { customNames } from './custom-names.ts'
import { resolution } from '../vocabulary.ts'

/**
 * What admins call the statuses. What a status means stays; an empty name is the web app's own
 * word.
 */
export const statusNames = z
  .object({
    new: customNames,
    open: customNames,
    waiting: customNames,
    solved: customNames,
    closed: customNames,
  })
  .meta({ id: 'StatusNames' })
export type StatusNames = z.infer<typeof statusNames>

/**
 * Why a ticket was solved, as agents choose it. A built-in one without a name has the web app's own
 * word.
 */
export const resolutionEntry = z
  .object({
    key: resolution,
    names: customNames,
    active: z.boolean(),
    builtIn: z.boolean(),
    position: z.number().int(),
  })
  .meta({ id: 'ResolutionEntry' })
export type ResolutionEntry = z.infer<typeof resolutionEntry>

/** Its key is made of its name, and never changes. */
export const newResolution = z
  .object({ names: customNames, active: z.boolean().default(true) })
  .meta({ id: 'NewResolution' })
/** Switched off it cannot be chosen any more; tickets that have it keep it. */
export const resolutionChange = z
  .object({ names: customNames, active: z.boolean() })
  .partial()
  .meta({ id: 'ResolutionChange' })
/** PUT /resolutions/order: every key once, in the order in which they are offered. */
export const resolutionOrder = z
  .object({ keys: z.array(resolution).max(200) })
  .meta({ id: 'ResolutionOrder' })
export const resolutionParams = z.object({ key: resolution })
