import type { Ticket } from '../ticket.ts'
import type { PlannedTimer } from '../timers.ts'

export const taskTimers = (_ticket: Ticket): PlannedTimer[] => []
