import { area } from '../http/area.ts'
import { mailboxRoutes } from './mailbox-routes.ts'
import { mailboxTestRoutes } from './mailbox-test-routes.ts'
import { quarantineRoutes } from './quarantine-routes.ts'

/** Watched mailboxes, and mails that could not be read. */
export const mailIn = area('Mail in', 'Watched mailboxes, and mails that could not be read.', [
  mailboxRoutes,
  mailboxTestRoutes,
  quarantineRoutes,
])
