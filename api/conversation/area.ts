import { area } from '../http/area.ts'
import { attachmentRoutes } from './attachment-routes.ts'
import { messageRoutes } from './message-routes.ts'
import { noteRoutes } from './note-routes.ts'
import { outboxRoutes } from './outbox-routes.ts'
import { singleMessageRoutes } from './single-message-routes.ts'
import { templateRoutes } from './template-routes.ts'

/** What is said on a ticket: messages, notes, their files, canned replies, the outbox. */
export const conversation = area(
  'Conversation',
  'What is said on a ticket: messages, notes, their files, canned replies, the outbox.',
  [messageRoutes, singleMessageRoutes, noteRoutes, attachmentRoutes, templateRoutes, outboxRoutes],
)
