import { requesters as people } from './sample-people.mjs'
import { mailHtml, page } from './sandbox-page.mjs'

/**
 * @typedef {object} Sandbox
 * @property {import('./mail-store.mjs').MailStore} store
 * @property {import('./requester-mail.mjs').RequesterMail} requesters
 * @property {string} webApp
 */

const LONGEST_BODY = 1_000_000

/**
 * Pages for people, and the same three things as JSON for what fills in the samples.
 * @param {Sandbox} sandbox
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
export async function answerRequest(sandbox, request, response) {
  const { store, requesters } = sandbox
  const url = new URL(request.url ?? '/', 'http://sandbox')
  if (!fromHere(request))
    return send(response, 403, 'text/plain', 'The sandbox answers this machine only.')
  const route = `${request.method} ${url.pathname}`

  if (route === 'GET /alive') return send(response, 200, 'text/plain', 'alive')
  if (route === 'GET /pulse') return json(response, { mails: store.mails.length })
  if (route === 'GET /')
    return send(response, 200, 'text/html', page(view(sandbox, url.searchParams)))
  if (route === 'GET /html') {
    const mail = store.one(url.searchParams.get('id') ?? '')
    // Shown in a frame that may do nothing: no script, no form, no request.
    return send(response, mail ? 200 : 404, 'text/html', mail ? mailHtml(mail) : 'gone', {
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    })
  }
  if (route === 'POST /write' || route === 'POST /answer') {
    const form = new URLSearchParams(await body(request))
    const as = (form.get('as') ?? '').trim().toLowerCase()
    try {
      await (route === 'POST /write'
        ? requesters.write(written(form))
        : answered(sandbox, form.get('id'), { as, text: form.get('text') ?? '' }))
      return redirect(response, { as, done: 'sent' })
    } catch (error) {
      return redirect(response, {
        as,
        failed: error instanceof Error ? error.message : String(error),
      })
    }
  }
  if (route === 'GET /api/mails') return json(response, store.of(url.searchParams.get('as') ?? ''))
  if (route === 'POST /api/write') {
    const mail = JSON.parse(await body(request))
    return json(
      response,
      await requesters.write({ ...mail, ...(mail.date ? { date: new Date(mail.date) } : {}) }),
    )
  }
  if (route === 'POST /api/answer') {
    const { id, as, text, date, messageId } = JSON.parse(await body(request))
    return json(
      response,
      await answered(sandbox, id, {
        as,
        text,
        messageId,
        ...(date ? { date: new Date(date) } : {}),
      }),
    )
  }
  return send(response, 404, 'text/plain', 'There is nothing here.')
}

/**
 * @param {Sandbox} sandbox
 * @param {URLSearchParams} query
 * @returns {import('./sandbox-page.mjs').View}
 */
function view({ store, webApp }, query) {
  const known = new Map(people.map((person) => [person.email, person.name]))
  for (const mail of store.mails)
    for (const address of mail.people) if (!known.has(address)) known.set(address, address)
  const as = (query.get('as') ?? people[0]?.email ?? '').toLowerCase()
  const mails = store.of(as)
  return {
    webApp,
    as,
    name: known.get(as) ?? as,
    mails,
    writing: query.has('write'),
    open: query.has('write')
      ? undefined
      : (mails.find((mail) => mail.id === query.get('mail')) ?? mails[0]),
    people: [...known].map(([email, name]) => ({
      email,
      name,
      received: store.of(email).filter((mail) => mail.direction === 'received').length,
    })),
    banner: query.get('done') ? 'Sent. A second later it is in Guichet.' : query.get('failed'),
    failed: query.has('failed'),
    total: store.mails.length,
  }
}

/** @param {URLSearchParams} form */
function written(form) {
  const from = (form.get('as') ?? '').trim().toLowerCase()
  const text = form.get('text') ?? ''
  return {
    from,
    name: people.find((person) => person.email === from)?.name ?? '',
    to: (form.get('to') ?? '').trim(),
    subject: form.get('subject') ?? '',
    text,
  }
}

/**
 * @param {Sandbox} sandbox
 * @param {string | null} id
 * @param {{as: string, text: string, date?: Date, messageId?: string}} answer
 */
async function answered({ store, requesters }, id, { as, ...answer }) {
  const mail = store.one(id ?? '')
  if (!mail) throw new Error('This mail is not there any more.')
  return requesters.answer(mail, {
    ...answer,
    from: as,
    name: people.find((person) => person.email === as)?.name ?? '',
  })
}

/**
 * A page on the web must not be able to write mails here, nor to read them under a name of its own.
 * @param {import('node:http').IncomingMessage} request
 */
function fromHere({ headers }) {
  const host = headers.host ?? ''
  return (
    /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host) &&
    (headers.origin === undefined || headers.origin === `http://${host}`)
  )
}

/** @param {import('node:http').IncomingMessage} request */
async function body(request) {
  let text = ''
  for await (const chunk of request) {
    text += chunk
    if (text.length > LONGEST_BODY) throw new Error('This is too much text.')
  }
  return text
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {Record<string, string>} query
 */
function redirect(response, query) {
  response.writeHead(303, { location: `/?${new URLSearchParams(query)}` })
  response.end()
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {unknown} value
 */
const json = (response, value) => send(response, 200, 'application/json', JSON.stringify(value))

/**
 * @param {import('node:http').ServerResponse} response
 * @param {number} status
 * @param {string} type
 * @param {string} content
 * @param {Record<string, string>} [headers]
 */
function send(response, status, type, content, headers = {}) {
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'cache-control': 'no-store',
    ...headers,
  })
  response.end(content)
}
