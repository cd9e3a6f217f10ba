import type { Fold } from '../fold.ts'
import type { serviceEvents } from './events.ts'

export const serviceFold: Fold<typeof serviceEvents> = {}
