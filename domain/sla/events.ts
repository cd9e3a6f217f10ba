import { z } from 'zod'
import { slaPlan, targetName } from './plan.ts'

/** Service levels, waiting for the requester and snooze: what can have happened. */
export const slaEvents = {
  /** The settings that the ticket goes by from now on; null: none. */
  slaPlanSet: z.object({ plan: slaPlan.nullable() }),
  slaTargetNear: z.object({
    target: targetName,
    warnAt: z.iso.datetime(),
    dueAt: z.iso.datetime(),
  }),
  slaTargetBreached: z.object({ target: targetName, dueAt: z.iso.datetime() }),
  /**
   * A reminder or the closing notice has to be written: activities/sla does it and brings the
   * message with queueReminder.
   */
  reminderDue: z.object({
    kind: z.enum(['reminder', 'closing']),
    step: z.number().int().min(0),
    since: z.iso.datetime(),
    closesAt: z.iso.datetime().nullable(),
  }),
  remindersCancelled: z.object({ since: z.iso.datetime() }),
  ticketSnoozed: z.object({ until: z.iso.datetime().nullable() }),
  snoozeEnded: z.object({ reason: z.enum(['agent', 'time', 'reply']) }),
} as const
