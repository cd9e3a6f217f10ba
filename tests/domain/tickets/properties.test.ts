import { tickets } from '../../../domain/tickets/area.ts'
import { describeProperties } from '../properties.ts'

describeProperties('tickets', tickets.commands ?? {})
