import { conversation } from '../../../domain/conversation/area.ts'
import { describeProperties } from '../properties.ts'

describeProperties('conversation', conversation.commands ?? {})
