import { approvals } from '../../../domain/approvals/area.ts'
import { describeProperties } from '../properties.ts'

describeProperties('approvals', approvals.commands ?? {})
