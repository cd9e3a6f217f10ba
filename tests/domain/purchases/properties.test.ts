import { purchases } from '../../../domain/purchases/area.ts'
import { describeProperties } from '../properties.ts'

describeProperties('purchases', purchases.commands ?? {})
