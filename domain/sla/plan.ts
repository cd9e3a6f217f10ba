import { z } from 'zod'
import { categoryRef, person, priority, type Priority } from '../vocabulary.ts'
import { calendarSnapshot } from './calendar.ts'

export const targetName = z.enum(['firstResponse', 'resolution'])
export type TargetName = z.infer<typeof targetName>

/** At most a year of business time. */
const targetMinutes = z.number().int().min(1).max(525_600)

/**
 * What is promised to whom. Null in `domain`, `category`, `departmentId` or `priority`: to all of
 * them.
 */
export const slaRule = z.object({
  id: z.uuid(),
  name: z.string().max(200),
  /** Of the requester's address, lower case. */
  domain: z.string().max(253).nullable(),
  /**
   * With all categories inside it, itself among them: a rule holds for them too, unless one of them
   * has its own. Absent in plans of before.
   */
  category: categoryRef.extend({ within: z.array(z.uuid()) }).nullish(),
  departmentId: z.uuid().nullable(),
  priority: priority.nullable(),
  /** Null: around the clock. */
  calendarId: z.uuid().nullable(),
  /** Minutes of business time from the opening to the first answer of an agent. */
  firstResponse: targetMinutes.nullable(),
  /** Minutes of business time from the opening to the solution. */
  resolution: targetMinutes.nullable(),
  /** Part of the time, in percent, after which is warned. */
  warnPercent: z.number().int().min(1).max(99),
  /** What a breached target changes by itself. */
  escalatePriority: priority.nullable(),
  escalateOwner: person.nullable(),
})
export type SlaRule = z.infer<typeof slaRule>

/** Of real time, at most a year; parts of a minute down to a second. */
const waitingMinutes = z
  .number()
  .min(1 / 60)
  .max(525_600)
/**
 * How long a requester is waited for: minutes from the question to each reminder and to the
 * closing.
 */
export const waitingTimes = z.object({
  reminders: z.array(waitingMinutes).max(10),
  closeAfter: waitingMinutes.nullable(),
})
export const waitingPolicy = waitingTimes.extend({ departmentId: z.uuid() })
export type WaitingPolicy = z.infer<typeof waitingPolicy>

/**
 * The settings that a ticket goes by, as they were when they were put to it. Holds every
 * department's and priority's, because both may change.
 */
export const slaPlan = z.object({
  rules: z.array(slaRule).max(500),
  calendars: z.array(calendarSnapshot).max(50),
  waiting: z.array(waitingPolicy).max(200),
})
export type SlaPlan = z.infer<typeof slaPlan>

/**
 * What of the settings can ever concern a requester; null when nothing can.
 * @param settings every rule, calendar and waiting policy there is.
 */
export function planFor(
  { rules, calendars, waiting }: SlaPlan,
  requesterEmail: string,
): SlaPlan | null {
  const domain = domainOfAddress(requesterEmail)
  const concerning = rules.filter((r) => r.domain === null || r.domain === domain)
  if (concerning.length === 0 && waiting.length === 0) return null
  const used = new Set(concerning.map((r) => r.calendarId))
  return { rules: concerning, calendars: calendars.filter((c) => used.has(c.id)), waiting }
}

/**
 * The rule that a ticket goes by: the most specific of those that fit. The requester's domain
 * counts more than the category, a nearer category more than one around it, the category more than
 * the department, the department more than the priority.
 */
export function ruleFor(
  plan: SlaPlan,
  facts: { domain: string; categoryId: string | null; departmentId: string; priority: Priority },
): SlaRule | null {
  return plan.rules
    .filter(
      (r) =>
        (r.domain ?? facts.domain) === facts.domain &&
        (!r.category ||
          (facts.categoryId !== null && r.category.within.includes(facts.categoryId))) &&
        (r.departmentId ?? facts.departmentId) === facts.departmentId &&
        (r.priority ?? facts.priority) === facts.priority,
    )
    .reduce<SlaRule | null>(
      (best, r) => (best === null || isMoreSpecific(r, best) ? r : best),
      null,
    )
}

function isMoreSpecific(a: SlaRule, b: SlaRule): boolean {
  // Of categories that hold one ticket, each is inside the other or the same: the nearer holds
  // fewer.
  const ranks = (r: SlaRule): number[] => [
    r.domain === null ? 0 : 1,
    r.category ? 1 / r.category.within.length : 0,
    r.departmentId === null ? 0 : 1,
    r.priority === null ? 0 : 1,
  ]
  const [left, right] = [ranks(a), ranks(b)]
  const index = left.findIndex((rank, i) => rank !== right[i])
  return index >= 0 && left[index]! > right[index]!
}

/** @returns the domain of an address, lower case; empty when it has none. */
export const domainOfAddress = (email: string): string =>
  email.includes('@') ? email.slice(email.lastIndexOf('@') + 1).toLowerCase() : ''
