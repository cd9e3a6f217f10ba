import swaggerUi from '@fastify/swagger-ui'
import type { Api } from './route-schema.ts'

/**
 * What the page may do: nothing but its own files and this server's API. Its styles are partly
 * inline, its icons are data.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const DESCRIPTION = '/api/v1/openapi.json'

/**
 * The page is dark where the person's system is, and reads the description at its one address; the
 * library would have it at another of its own.
 */
const script = `
const bundle = window.SwaggerUIBundle
window.SwaggerUIBundle = Object.assign(
  (config) => bundle({ ...config, url: '${DESCRIPTION}' }),
  bundle,
)
const dark = matchMedia('(prefers-color-scheme: dark)')
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches)
dark.addEventListener('change', follow)
follow()
`

/**
 * A page to read the API's description and to try it, at /api/docs. It works without the internet;
 * who has signed in tries it as themselves, or with a token.
 */
export async function docsPage(app: Api): Promise<void> {
  await app.register(swaggerUi, {
    routePrefix: '/api/docs',
    staticCSP: policy,
    theme: { title: 'Guichet API', js: [{ filename: 'guichet.js', content: script }] },
    uiHooks: {
      onRequest(request, reply, done) {
        if (/\/(json|yaml)$/.test(request.routeOptions.url ?? '')) reply.redirect(DESCRIPTION, 308)
        else done()
      },
    },
    uiConfig: {
      layout: 'BaseLayout',
      docExpansion: 'none',
      filter: true,
      deepLinking: true,
      displayRequestDuration: true,
      persistAuthorization: false,
      tryItOutEnabled: false,
      defaultModelsExpandDepth: 0,
    },
  })
}
