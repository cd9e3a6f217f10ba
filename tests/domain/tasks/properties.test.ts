import { tasks } from '../../../domain/tasks/area.ts'
import { describeProperties } from '../properties.ts'

describeProperties('tasks', tasks.commands ?? {})
