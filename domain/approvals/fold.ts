import type { Fold } from '../fold.ts'
import type { approvalEvents } from './events.ts'

export const approvalFold: Fold<typeof approvalEvents> = {}
