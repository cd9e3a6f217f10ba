import cookie from '@fastify/cookie'
import multipart from '@fastify/multipart'
import Fastify, { type FastifyBaseLogger, LogController } from 'fastify'
import {
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod'
import { requireRights } from './authentication.ts'
import { closeWithoutWaiting } from './closing.ts'
import type { Dependencies } from './dependencies.ts'
import { answerError } from './error-handler.ts'
import { revalidate } from './etag.ts'
import { measureRequests } from './metrics.ts'
import { describeRoutes } from './openapi-document.ts'
import { notFound } from './problem.ts'
import type { Api } from './route-schema.ts'
import { approvalLinkRoutes } from './routes/approval-links.ts'
import { approvalRuleRoutes } from './routes/approval-rules.ts'
import { approvalRoutes } from './routes/approvals.ts'
import { asOfRoutes } from './routes/as-of.ts'
import { assetRoutes } from './routes/assets.ts'
import { attachmentRoutes, LARGEST_FILE } from './routes/attachments.ts'
import { calendarRoutes } from './routes/calendars.ts'
import { categoryRoutes } from './routes/categories.ts'
import { childrenRoutes } from './routes/children.ts'
import { customFieldRoutes } from './routes/custom-fields.ts'
import { contactRoutes } from './routes/contacts.ts'
import { confirmationRoutes } from './routes/confirmations.ts'
import { departmentRoutes } from './routes/departments.ts'
import { documentRoutes } from './routes/documents.ts'
import { eventRoutes } from './routes/events.ts'
import { hearingRoutes } from './routes/hearing.ts'
import { linkRoutes } from './routes/links.ts'
import { mailboxRoutes } from './routes/mailboxes.ts'
import { meRoutes } from './routes/me.ts'
import { mergeRoutes } from './routes/merge.ts'
import { messageRoutes } from './routes/messages.ts'
import { noteRoutes } from './routes/notes.ts'
import { noticeRoutes } from './routes/notices.ts'
import { observationRoutes } from './routes/observation.ts'
import { outboxRoutes } from './routes/outbox.ts'
import { priorityMatrixRoutes } from './routes/priority-matrix.ts'
import { purchaseRoutes } from './routes/purchases.ts'
import { placeRoutes } from './routes/places.ts'
import { quarantineRoutes } from './routes/quarantine.ts'
import { reportRoutes } from './routes/reports.ts'
import { resolutionRoutes } from './routes/resolutions.ts'
import { senderRoutes } from './routes/sender.ts'
import { serviceLevelRoutes } from './routes/service-levels.ts'
import { sessionRoutes } from './routes/session.ts'
import { setupRoutes } from './routes/setup.ts'
import { statusNameRoutes } from './routes/status-names.ts'
import { streamRoutes } from './routes/stream.ts'
import { tagRoutes } from './routes/tags.ts'
import { taskTemplateRoutes } from './routes/task-templates.ts'
import { taskRoutes } from './routes/tasks.ts'
import { templateRoutes } from './routes/templates.ts'
import { ticketServiceRoutes } from './routes/ticket-service.ts'
import { ticketEquipmentRoutes } from './routes/ticket-equipment.ts'
import { ticketApprovalRuleRoutes } from './routes/ticket-approval-rules.ts'
import { ticketRoutes } from './routes/tickets.ts'
import { timeRoutes } from './routes/time.ts'
import { timerRoutes } from './routes/timers.ts'
import { tokenRoutes } from './routes/tokens.ts'
import { userRoutes } from './routes/users.ts'
import { watcherRoutes } from './routes/watchers.ts'
import { acceptStorableText } from './storable-text.ts'
import { securityHeaders, serveWebApp } from './web-app.ts'

const LARGEST_JSON = 4 * 1024 * 1024

/** Everything under /api/v1 that asks for a right. */
const resources: ((api: Api, deps: Dependencies) => void)[] = [
  sessionRoutes,
  meRoutes,
  tokenRoutes,
  setupRoutes,
  userRoutes,
  departmentRoutes,
  senderRoutes,
  mailboxRoutes,
  categoryRoutes,
  templateRoutes,
  ticketRoutes,
  messageRoutes,
  noteRoutes,
  eventRoutes,
  watcherRoutes,
  linkRoutes,
  attachmentRoutes,
  quarantineRoutes,
  outboxRoutes,
  noticeRoutes,
  hearingRoutes,
  streamRoutes,
  taskRoutes,
  taskTemplateRoutes,
  timeRoutes,
  timerRoutes,
  approvalRoutes,
  approvalLinkRoutes,
  approvalRuleRoutes,
  ticketApprovalRuleRoutes,
  purchaseRoutes,
  mergeRoutes,
  childrenRoutes,
  asOfRoutes,
  reportRoutes,
  calendarRoutes,
  serviceLevelRoutes,
  ticketServiceRoutes,
  tagRoutes,
  customFieldRoutes,
  priorityMatrixRoutes,
  statusNameRoutes,
  resolutionRoutes,
  assetRoutes,
  documentRoutes,
  ticketEquipmentRoutes,
  confirmationRoutes,
  placeRoutes,
  contactRoutes,
]

/**
 * The HTTP server: API, web app and what operators ask. Connects to nothing by itself.
 * @param deps what it stands on; routes call it when they are called.
 */
export async function buildApp(deps: Dependencies): Promise<Api> {
  const app = Fastify({
    loggerInstance: deps.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    // A proxy on this machine tells whom it asks for; any other sender of X-Forwarded-For is not
    // believed.
    trustProxy: 'loopback',
    bodyLimit: LARGEST_JSON,
    forceCloseConnections: 'idle',
    // The longest is the token of a personal link.
    routerOptions: { maxParamLength: 1000 },
  }).withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validatorCompiler).setSerializerCompiler(serializerCompiler)
  app.setErrorHandler(answerError)
  closeWithoutWaiting(app)
  app.addHook('onRequest', securityHeaders(deps.settings.publicUrl))
  measureRequests(app)
  await describeRoutes(app)
  await app.register(cookie)
  await app.register(multipart, {
    limits: { fileSize: LARGEST_FILE, files: 1, fields: 10, fieldSize: 1000 },
    throwFileSizeLimit: true,
  })

  await app.register(
    async (api: Api) => {
      requireRights(api, deps)
      revalidate(api)
      acceptStorableText(api)
      for (const routes of resources) routes(api, deps)
    },
    { prefix: '/api/v1' },
  )
  for (const prefix of ['', '/api/v1'])
    await app.register(
      async (root: Api) => {
        observationRoutes(root, deps, prefix === '')
      },
      { prefix },
    )

  if (deps.settings.webFolder === null)
    app.setNotFoundHandler(() => {
      throw notFound('such address')
    })
  else await serveWebApp(app, deps.settings.webFolder)
  return app
}
