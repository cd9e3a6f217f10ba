import { createHash } from 'node:crypto'
import { departments, requesters } from './sample-people.mjs'
import { samples } from './sample-tickets.mjs'

/** @typedef {import('./sample-tickets.mjs').Sample} Sample */

const HOUR = 3_600_000
const AT_ONCE = 4
const TIMEOUT_MS = 60_000

/**
 * Lets the samples happen: requesters write by SMTP, agents work through the API, requesters answer
 * what they were sent. Every mail has a Message-ID of its own for all time, so that a start after
 * an interrupted one finds what was written and adds nothing twice.
 * @param {import('./company.mjs').Company} company
 * @param {string} sandbox its address
 */
export async function holdConversations(company, sandbox) {
  await eachOf(samples, (sample) => open(sandbox, sample))
  const numbers = await ticketNumbers(company)
  await eachOf(samples, (sample) =>
    work(company, sandbox, sample, numbers.get(sample.subject) ?? 0),
  )
}

/**
 * The date counts back from now, so the same mail written again would be another one to Guichet.
 * @param {string} sandbox
 * @param {Sample} sample
 */
async function open(sandbox, sample) {
  const mail = opening(sample)
  if (!(await mailsOf(sandbox, mail.from)).some(({ messageId }) => messageId === mail.messageId))
    await post(sandbox, '/api/write', mail)
}

/** @param {Sample} sample */
function opening({ from, to, subject, text, hoursAgo, files = [] }) {
  const person = requester(from)
  return {
    from: person.email,
    name: person.name,
    to: departments.find(({ key }) => key === to)?.mailbox,
    subject,
    text: `${text}\n`,
    attachments: files,
    date: new Date(Date.now() - hoursAgo * HOUR).toISOString(),
    messageId: messageId(subject, 0),
  }
}

/**
 * @param {import('./company.mjs').Company} company
 * @returns {Promise<Map<string, number>>} by subject, once all are there
 */
async function ticketNumbers({ admin }) {
  return until('the mails have become tickets', async () => {
    const found = new Map(
      (await admin.all('/tickets?view=all')).map(({ subject, number }) => [subject, number]),
    )
    return samples.every(({ subject }) => found.has(subject)) ? found : undefined
  })
}

/**
 * One ticket's story. A ticket with more than its first mail has had its story already.
 * @param {import('./company.mjs').Company} company
 * @param {string} sandbox
 * @param {Sample} sample
 * @param {number} number
 */
async function work({ admin, sessions, people, categories }, sandbox, sample, number) {
  const now = await admin.call('GET', `/tickets/${number}`)
  if (now.messageCount > 1 || now.owner) return
  const person = requester(sample.from)
  let count = now.messageCount
  // Nobody has taken it yet: whoever sorts new tickets.
  let owner = admin
  let answers = 0
  for (const step of sample.steps) {
    if ('take' in step) {
      owner = agent(sessions, step.take)
      await owner.call('PATCH', `/tickets/${number}`, { ownerId: people.get(step.take) })
    } else if ('set' in step) {
      const { category, ...change } = step.set
      await owner.call('PATCH', `/tickets/${number}`, {
        ...change,
        ...(category ? { categoryId: categories.get(`${sample.to}/${category}`) } : {}),
      })
    } else if ('note' in step)
      await agent(sessions, step.by).call('POST', `/tickets/${number}/notes`, { text: step.note })
    else if ('reply' in step) {
      await agent(sessions, step.by).call('POST', `/tickets/${number}/messages`, {
        text: step.reply,
        ...(step.status ? { status: step.status } : {}),
      })
      count++
    } else {
      const mail = await delivered(sandbox, person.email, number)
      await post(sandbox, '/api/answer', {
        id: mail.id,
        as: person.email,
        text: step.answer,
        messageId: messageId(sample.subject, ++answers),
      })
      const expected = ++count
      await until(
        `the answer has come into #${number}`,
        async () =>
          (await admin.call('GET', `/tickets/${number}`)).messageCount >= expected || undefined,
      )
    }
  }
}

/**
 * The agent's last mail, once it lies in the requester's mailbox.
 * @param {string} sandbox
 * @param {string} email
 * @param {number} number
 */
function delivered(sandbox, email, number) {
  return until(`the reply of #${number} is delivered`, async () => {
    return (await mailsOf(sandbox, email)).find(
      (mail) =>
        mail.direction === 'received' && !mail.automatic && mail.subject.includes(`[#${number}]`),
    )
  })
}

/**
 * @param {string} sandbox
 * @param {string} email
 * @returns {Promise<import('./mail-store.mjs').SandboxMail[]>} newest first
 */
const mailsOf = async (sandbox, email) =>
  (await fetch(`${sandbox}/api/mails?as=${encodeURIComponent(email)}`)).json()

/**
 * @param {Map<string, import('./api.mjs').Session>} sessions
 * @param {string} key
 */
function agent(sessions, key) {
  const session = sessions.get(key)
  if (!session) throw new Error(`The samples name an agent ${key} who does not exist.`)
  return session
}

/** @param {string} key */
function requester(key) {
  const person = requesters.find((one) => one.key === key)
  if (!person) throw new Error(`The samples name a requester ${key} who does not exist.`)
  return person
}

/**
 * @param {string} subject
 * @param {number} position
 */
const messageId = (subject, position) =>
  `<${createHash('sha256').update(`${subject} ${position}`).digest('hex').slice(0, 24)}@demo.meridian.example>`

/**
 * @param {string} sandbox
 * @param {string} path
 * @param {unknown} body
 */
async function post(sandbox, path, body) {
  const answer = await fetch(`${sandbox}${path}`, { method: 'POST', body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`The sandbox answered ${answer.status}: ${await answer.text()}`)
}

/**
 * A few at a time, in their order.
 * @template T
 * @param {readonly T[]} items
 * @param {(item: T) => Promise<void>} act
 */
async function eachOf(items, act) {
  const waiting = [...items]
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let item = waiting.shift(); item; item = waiting.shift()) await act(item)
    }),
  )
}

/**
 * @template T
 * @param {string} what
 * @param {() => Promise<T | undefined>} look
 * @returns {Promise<T>}
 */
async function until(what, look) {
  const limit = Date.now() + TIMEOUT_MS
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > limit) throw new Error(`Waited in vain until ${what}.`)
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
}
