import { z } from 'zod'

/** What is looked at, in the order in which it is shown: what stops work first. */
export const checkCode = z.enum([
  'database',
  'temporal',
  'workers',
  'disk',
  'mailboxes',
  'senders',
  'mail',
  'commands',
  'outbox',
  'tickets',
  'quarantine',
  'slots',
  'event-loop',
  'alerts',
])
export type CheckCode = z.infer<typeof checkCode>

/** What may be wrong. Its words are `health.what.<reason>` and `health.todo.<reason>`. */
export const healthReason = z.enum([
  'database-silent',
  'database-not-writable',
  'database-outdated',
  'temporal-silent',
  'no-worker',
  'worker-asks-for-nothing',
  'disk-low',
  'disk-full',
  'mailbox-failing',
  'mailbox-silent',
  'sender-failing',
  'sender-hanging',
  'mail-waiting',
  'command-waiting',
  'message-waiting',
  'tickets-without-workflow',
  'tickets-stuck',
  'tickets-behind',
  'stuck-unreported',
  'reconcile-silent',
  'reconcile-unscheduled',
  'mail-quarantined',
  'command-unwritable',
  'work-waiting',
  'event-loop-slow',
  'alert-mail-failing',
  'alert-webhook-failing',
])
export type HealthReason = z.infer<typeof healthReason>

/**
 * `stopped`: nothing goes on, the desk is not ready. `attention`: it goes on, and an admin must look.
 * `unknown`: what would tell does not answer.
 */
export const healthState = z.enum(['ok', 'attention', 'stopped', 'unknown'])
export type HealthState = z.infer<typeof healthState>

/** Which of the processes says something of itself. */
export const processKind = z.enum(['api', 'worker'])

/** How those who operate are told that something is wrong. */
export const alertChannel = z.enum(['mail', 'webhook'])
export type AlertChannel = z.infer<typeof alertChannel>
