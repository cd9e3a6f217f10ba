import type { Check } from './check.ts'
import { alerts } from './checks/alerts.ts'
import { eventLoop } from './checks/beats.ts'
import { commands, mail, mailboxes, outbox, quarantine, senders } from './checks/mail.ts'
import { database, disk, temporal, workers } from './checks/servers.ts'
import { slots } from './checks/slots.ts'
import { tickets } from './checks/tickets.ts'

/**
 * The one list of what is looked at. `/readyz`, `/metrics`, Settings → Health and alerts all come
 * from it.
 */
export const checks: readonly Check[] = [
  database,
  temporal,
  workers,
  disk,
  mailboxes,
  senders,
  mail,
  commands,
  outbox,
  tickets,
  quarantine,
  slots,
  eventLoop,
  alerts,
]
