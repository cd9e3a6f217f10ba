import type { Ticket } from '../ticket.ts'
import type { PlannedTimer } from '../timers.ts'

export const familyTimers = (_ticket: Ticket): PlannedTimer[] => []
