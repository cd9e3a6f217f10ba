import cookie from '@fastify/cookie'
import multipart from '@fastify/multipart'
import Fastify, { type FastifyBaseLogger, LogController } from 'fastify'
import {
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod'
import { requireRights } from './access/authentication.ts'
import { closeWithoutWaiting } from './http/shutdown.ts'
import type { Dependencies } from './http/dependencies.ts'
import { answerError } from './http/error-handler.ts'
import { revalidate } from './http/etag.ts'
import { measureRequests } from './http/metrics.ts'
import { describeRoutes } from './http/openapi-document.ts'
import { notFound } from './http/problem.ts'
import type { Api } from './http/route-schema.ts'
import { approvalLinkRoutes } from './approvals/approval-link-routes.ts'
import { approvalRuleRoutes } from './approvals/approval-rule-routes.ts'
import { approvalRoutes } from './approvals/approval-routes.ts'
import { asOfRoutes } from './tickets/as-of-routes.ts'
import { assetRoutes } from './assets/asset-routes.ts'
import { attachmentRoutes, LARGEST_FILE } from './conversation/attachment-routes.ts'
import { calendarRoutes } from './sla/calendar-routes.ts'
import { categoryRoutes } from './classification/category-routes.ts'
import { childrenRoutes } from './merging/child-routes.ts'
import { customFieldRoutes } from './classification/custom-field-routes.ts'
import { contactRoutes } from './contacts/contact-routes.ts'
import { confirmationRoutes } from './assets/confirmation-routes.ts'
import { departmentRoutes } from './people/department-routes.ts'
import { documentRoutes } from './assets/document-routes.ts'
import { eventRoutes } from './tickets/event-routes.ts'
import { notificationLevelRoutes } from './notifications/notification-level-routes.ts'
import { linkRoutes } from './tickets/link-routes.ts'
import { mailboxRoutes } from './mail-in/mailbox-routes.ts'
import { meRoutes } from './people/me-routes.ts'
import { mergeRoutes } from './merging/merge-routes.ts'
import { messageRoutes } from './conversation/message-routes.ts'
import { noteRoutes } from './conversation/note-routes.ts'
import { notificationRoutes } from './notifications/notification-routes.ts'
import { observationRoutes } from './http/health-routes.ts'
import { outboxRoutes } from './conversation/outbox-routes.ts'
import { priorityMatrixRoutes } from './classification/priority-matrix-routes.ts'
import { purchaseRoutes } from './purchases/purchase-routes.ts'
import { locationRoutes } from './locations/location-routes.ts'
import { quarantineRoutes } from './mail-in/quarantine-routes.ts'
import { reportRoutes } from './reports/report-routes.ts'
import { resolutionRoutes } from './classification/resolution-routes.ts'
import { senderRoutes } from './mail-out/sender-routes.ts'
import { serviceLevelRoutes } from './sla/service-level-routes.ts'
import { sessionRoutes } from './people/session-routes.ts'
import { setupRoutes } from './people/setup-routes.ts'
import { statusNameRoutes } from './classification/status-name-routes.ts'
import { streamRoutes } from './tickets/stream-routes.ts'
import { tagRoutes } from './tickets/tag-routes.ts'
import { taskTemplateRoutes } from './tasks/task-template-routes.ts'
import { taskRoutes } from './tasks/task-routes.ts'
import { templateRoutes } from './conversation/template-routes.ts'
import { ticketSlaRoutes } from './sla/ticket-sla-routes.ts'
import { ticketAssetRoutes } from './assets/ticket-asset-routes.ts'
import { ticketApprovalRuleRoutes } from './approvals/ticket-approval-rule-routes.ts'
import { ticketRoutes } from './tickets/ticket-routes.ts'
import { timeRoutes } from './tasks/time-entry-routes.ts'
import { runningClockRoutes } from './tasks/running-clock-routes.ts'
import { tokenRoutes } from './people/token-routes.ts'
import { userRoutes } from './people/user-routes.ts'
import { watcherRoutes } from './tickets/watcher-routes.ts'
import { acceptStorableText } from './http/storable-text.ts'
import { securityHeaders, serveWebApp } from './http/web-app.ts'

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
  notificationRoutes,
  notificationLevelRoutes,
  streamRoutes,
  taskRoutes,
  taskTemplateRoutes,
  timeRoutes,
  runningClockRoutes,
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
  ticketSlaRoutes,
  tagRoutes,
  customFieldRoutes,
  priorityMatrixRoutes,
  statusNameRoutes,
  resolutionRoutes,
  assetRoutes,
  documentRoutes,
  ticketAssetRoutes,
  confirmationRoutes,
  locationRoutes,
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
