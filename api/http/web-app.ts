import path from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { pathOf } from './path-of.ts'
import { notFound, ProblemError } from './problem.ts'
import type { Api } from './route-schema.ts'

/**
 * Scripts and styles from here only; pictures also from `data:` and `blob:`, in which the page
 * hands them to the sandboxed frame that shows a mail, and by https, because that frame inherits
 * this policy and remote pictures are shown when a person asks for them. Styles may be written
 * inline: mails are full of them, and they run nothing.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob: https:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "frame-src 'self' blob:",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/** @returns the hook that says to browsers what a page of Guichet may do. */
export const securityHeaders =
  (publicUrl: string) =>
  async (_request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    reply.headers({
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
      ...(publicUrl.startsWith('https:')
        ? { 'strict-transport-security': 'max-age=31536000' }
        : {}),
    })
  }

/**
 * Serves the built web app. Every address that is no file is one of the app's own and gets its
 * page; the API's unknown addresses are problems.
 * @param folder made by `npm run build`; files that the build has compressed are sent so.
 */
export async function serveWebApp(app: Api, folder: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: folder,
    index: false,
    preCompressed: true,
    cacheControl: false,
    setHeaders: (reply, file) => {
      reply.setHeader(
        'cache-control',
        isHashed(folder, file) ? 'public, max-age=31536000, immutable' : 'no-cache',
      )
    },
  })
  app.get('/', { schema: { hide: true } }, (_request, reply) => void reply.sendFile('index.html'))
  app.setNotFoundHandler((request, reply) => {
    const pathname = pathOf(request)
    if (pathname === '/api' || pathname.startsWith('/api/')) throw notFound('such address')
    if (request.method !== 'GET' && request.method !== 'HEAD') throw onlyRead()
    if (!asksForPage(request) && path.extname(pathname) !== '') throw notFound('such address')
    void reply.sendFile('index.html')
  })
}

/** Files and pages are read, and nothing else. */
const onlyRead = (): ProblemError =>
  new ProblemError(
    405,
    'method-not-allowed',
    'This is an address of the web app, which is only read. Programs ask under /api/v1.',
    { allow: ['GET', 'HEAD'] },
  )

/**
 * As a browser asks for what is typed or reloaded, whatever dots an address has: the page of a
 * person ends with theirs. A missing script or picture is not asked for so.
 */
const asksForPage = (request: FastifyRequest): boolean =>
  /\btext\/html\b/i.test(request.headers.accept ?? '')

/**
 * The build puts a hash into the names of what it puts into assets/: another content is another
 * name.
 */
const isHashed = (folder: string, file: string): boolean =>
  path.relative(folder, file).startsWith(`assets${path.sep}`)
