import type { Request } from './vocabulary.ts'

const HOUR_MS = 3_600_000
/** Hours before the deadline; of a short one, half of it. */
const REMIND_HOURS = 24

/**
 * The time that a rule gives to approvers: those who have not decided are reminded once.
 * @param hours null: no deadline.
 * @param now ISO time.
 */
export const approverDeadline = (
  hours: number | null,
  now: string,
): Pick<Request, 'deadline' | 'remindHoursBefore'> =>
  hours === null
    ? { deadline: null, remindHoursBefore: [] }
    : {
        deadline: new Date(Date.parse(now) + hours * HOUR_MS).toISOString(),
        remindHoursBefore: [Math.min(REMIND_HOURS, hours / 2)],
      }
