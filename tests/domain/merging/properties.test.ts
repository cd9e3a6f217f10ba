import { merging } from '../../../domain/merging/area.ts'
import { describeProperties } from '../properties.ts'

describeProperties('merging', merging.commands ?? {})
