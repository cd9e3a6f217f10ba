import type { Ticket } from '../ticket.ts'
import type { PlannedTimer } from '../timers.ts'

export const equipmentTimers = (_ticket: Ticket): PlannedTimer[] => []
