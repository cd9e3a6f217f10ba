import type { Fold } from '../fold.ts'
import type { taskEvents } from './events.ts'

export const taskFold: Fold<typeof taskEvents> = {}
