import type { Ticket } from '../ticket.ts'
import type { PlannedTimer } from '../timers.ts'

export const approvalTimers = (_ticket: Ticket): PlannedTimer[] => []
