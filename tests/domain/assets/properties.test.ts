import { assets } from '../../../domain/assets/area.ts'
import { describeProperties } from '../properties.ts'

describeProperties('assets', assets.commands ?? {})
