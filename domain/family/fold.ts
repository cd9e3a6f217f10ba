import type { Fold } from '../fold.ts'
import type { familyEvents } from './events.ts'

export const familyFold: Fold<typeof familyEvents> = {}
