import type { Area } from '../area.ts'
import { mergingEventLabels } from './event-labels.ts'

export const merging = { events: mergingEventLabels } satisfies Area
