import type { Fold } from '../fold.ts'
import type { equipmentEvents } from './events.ts'

export const equipmentFold: Fold<typeof equipmentEvents> = {}
