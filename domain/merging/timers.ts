import type { Ticket } from '../ticket.ts'
import type { PlannedTimer } from '../timers.ts'

export const mergingTimers = (_ticket: Ticket): PlannedTimer[] => []
