// The demo's mail sandbox: the mail server that the demo's departments send through, and a page
// where one is their requesters. Everything it is given stays in this process and in
// DATA_DIR/sandbox: it has no way to send a mail anywhere but to Guichet's own receiver.
import http from 'node:http'
import path from 'node:path'
import { SMTPServer } from 'smtp-server'
import { MailStore } from './mail-store.mjs'
import { requireDemo } from './demo-guard.mjs'
import { answerRequest } from './sandbox-routes.mjs'
import { RequesterMail } from './requester-mail.mjs'

const LOOPBACK = '127.0.0.1'

const { dataDir, sandboxPort, sandboxSmtpPort, receiverPort } = requireDemo(process.env)
const store = await MailStore.open(path.join(dataDir, 'sandbox'))
const requesters = new RequesterMail(store, receiverPort)

const smtp = new SMTPServer({
  authOptional: true,
  disabledCommands: ['AUTH', 'STARTTLS'],
  disableReverseLookup: true,
  logger: false,
  closeTimeout: 200,
  onData(stream, session, done) {
    /** @type {Buffer[]} */
    const chunks = []
    stream.on('data', (chunk) => chunks.push(chunk))
    stream.on('error', done)
    stream.on('end', () => {
      const people = session.envelope.rcptTo.map(({ address }) => address.toLowerCase())
      store.keep({ direction: 'received', people }, Buffer.concat(chunks)).then(() => done(), done)
    })
  },
})
smtp.on('error', (error) => console.error(error.message))

const web = http.createServer((request, response) => {
  answerRequest(
    {
      store,
      requesters,
      webApp: process.env['GUICHET_URL'] ?? `http://127.0.0.1:${process.env['PORT'] || 3000}`,
    },
    request,
    response,
  ).catch((error) => {
    console.error(error)
    if (!response.headersSent)
      response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' })
    response.end(error instanceof Error ? error.message : 'failed')
  })
})

await listening(smtp.server, sandboxSmtpPort, 'SANDBOX_SMTP_PORT')
await listening(web, sandboxPort, 'SANDBOX_PORT')

for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGTERM', 'SIGINT'])) {
  process.on(signal, () => {
    web.closeAllConnections()
    web.close()
    smtp.close(() => process.exit(0))
  })
}

/**
 * @param {import('node:net').Server} server
 * @param {number} port
 * @param {string} variable
 */
async function listening(server, port, variable) {
  await new Promise((resolve, reject) =>
    server.once('error', reject).listen(port, LOOPBACK, () => resolve(undefined)),
  ).catch((error) => {
    console.error(
      /** @type {NodeJS.ErrnoException} */ (error).code === 'EADDRINUSE'
        ? `Port ${port} is taken. Choose another one for the sandbox: ${variable}=${port + 100} npm run demo`
        : String(error),
    )
    process.exit(1)
  })
}
