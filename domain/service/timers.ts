import type { Ticket } from '../ticket.ts'
import type { PlannedTimer } from '../timers.ts'

export const serviceTimers = (_ticket: Ticket): PlannedTimer[] => []
