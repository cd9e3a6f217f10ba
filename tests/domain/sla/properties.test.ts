import { sla } from '../../../domain/sla/area.ts'
import { describeProperties } from '../properties.ts'

describeProperties('sla', sla.commands ?? {})
