import type { AskedKind } from '../../../domain/asked.ts'

/** What is asked of the time that is worked on a ticket. */
export const timeKinds = [
  'startClock',
  'stopClock',
  'recordTime',
  'correctTime',
  'removeTime',
] as const satisfies readonly AskedKind[]
