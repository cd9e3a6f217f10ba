import cookie from '@fastify/cookie'
import multipart from '@fastify/multipart'
import Fastify, { type FastifyBaseLogger, LogController } from 'fastify'
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { areas } from './areas.ts'
import { requireRights } from './access/authentication.ts'
import { refuseTooMuch, waitForTurn } from './http/admission.ts'
import { WaitingLine } from './http/waiting-line.ts'
import { closeWithoutWaiting } from './http/shutdown.ts'
import type { Dependencies } from './http/dependencies.ts'
import { refuseOtherMethods } from './http/allowed-methods.ts'
import { answerClientError } from './http/client-errors.ts'
import { docsPage } from './http/docs-page.ts'
import { answerError } from './http/error-handler.ts'
import { revalidate } from './http/etag.ts'
import { answerOnce } from './http/idempotency/idempotency.ts'
import { checkMediaTypes } from './http/media-types.ts'
import { readJson } from './http/json-body.ts'
import { measureRequests } from './http/metrics.ts'
import { describeRoutes, serveDescription } from './http/openapi/document.ts'
import type { Api } from './http/route-schema.ts'
import { noteTaken, notingTaken } from './temporal/taken-commands.ts'
import { LARGEST_FILE } from './conversation/attachment-routes.ts'
import { observationRoutes } from './http/health-routes.ts'
import { refuseUndescribed, strictValidator } from './http/strict-request.ts'
import { acceptWellFormedText, refuseMalformedAddress } from './http/well-formed-text.ts'
import { readUploads } from './http/upload.ts'
import { notFound } from './http/problem.ts'
import { securityHeaders, serveWebApp } from './http/web-app.ts'

const LARGEST_JSON = 4 * 1024 * 1024

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
    frameworkErrors: answerError,
    clientErrorHandler: answerClientError,
    forceCloseConnections: 'idle',
    // The longest is the token of a personal link.
    routerOptions: { maxParamLength: 1000 },
  }).withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(strictValidator).setSerializerCompiler(serializerCompiler)
  app.setErrorHandler(answerError)
  closeWithoutWaiting(app)
  app.addHook('onRequest', securityHeaders(deps.settings.publicUrl))
  measureRequests(app)
  refuseOtherMethods(app)
  readJson(app)
  await describeRoutes(app, deps.settings.publicUrl, areas)
  await docsPage(app)
  await app.register(cookie)
  await app.register(multipart, {
    // More than is taken, so that what is too much is refused by its name.
    limits: { fileSize: LARGEST_FILE, files: 2, fields: 10, fieldSize: 1000 },
    throwFileSizeLimit: true,
  })

  await app.register(
    async (api: Api) => {
      const line = new WaitingLine()
      refuseTooMuch(api, line, () => {
        requireRights(api, deps)
      })
      revalidate(api)
      checkMediaTypes(api)
      refuseMalformedAddress(api)
      acceptWellFormedText(api)
      refuseUndescribed(api)
      readUploads(api)
      waitForTurn(api, line)
      answerOnce(api, deps)
      noteTaken(api)
      const noted = { ...deps, workflows: notingTaken(deps.workflows) }
      for (const { plugin } of areas) await api.register(plugin, noted)
    },
    { prefix: '/api/v1' },
  )
  for (const prefix of ['', '/api/v1'])
    await app.register(
      async (root: Api) => {
        refuseMalformedAddress(root)
        refuseUndescribed(root)
        observationRoutes(root, deps, prefix === '')
        if (prefix !== '') serveDescription(root)
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
