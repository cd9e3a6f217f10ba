import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Message } from '../../domain/conversation/contract.ts'
import type { Mailbox } from '../../domain/mail-in/contract.ts'
import type { Department } from '../../domain/people/contract.ts'
import { eventually } from '../harness/eventually.ts'
import { withoutDovecot } from '../harness/needs.ts'
import { silentServer } from '../harness/silent-server.ts'
import { Desk } from './support/desk.ts'
import { rawMail } from './support/mails.ts'

/** More than a worker carries out at once where nothing has slots of its own. */
const REPLIES = 110
const TICKETS = 10

/** Servers that take connections and never say a word. */
describe('a mail server that hangs', { skip: withoutDovecot }, () => {
  let desk: Desk
  let smtp: Awaited<ReturnType<typeof silentServer>>
  let imap: Awaited<ReturnType<typeof silentServer>>
  let sales: Department
  /** How long a mail takes in, and an answer out, while nothing hangs. Milliseconds. */
  let calm = 0

  before(async () => {
    desk = await Desk.open()
    smtp = await silentServer()
    imap = await silentServer()
    calm = await inAndOut('Calm')
    sales = await desk.admin.post<Department>('/departments', { name: 'Sales' })
    await desk.admin.put(`/departments/${sales.id}/sender`, {
      from: 'Sales <sales@desk.test>',
      smtp: { host: smtp.host, port: smtp.port, secure: false },
    })
  })
  after(async () => {
    // Ends what hangs at them, so that the worker can stop.
    await Promise.all([smtp?.stop(), imap?.stop()])
    await desk?.close()
  })

  /** A requester's mail to IT until its answer has reached the outside. */
  async function inAndOut(subject: string): Promise<number> {
    const began = Date.now()
    desk.deliver(rawMail({ subject, from: 'anna@client.example' }))
    const { number } = await desk.ticketAbout(subject)
    await desk.reply(number, { text: `Answer: ${subject}`, holdSeconds: 0 })
    return Date.now() - began
  }

  it('holds up nobody else, however much waits for it', async (t) => {
    await desk.admin.post<Mailbox>('/mailboxes', {
      address: 'sales@desk.test',
      departmentId: sales.id,
      imap: { host: imap.host, port: imap.port, secure: false, user: 'sales', password: 'secret' },
    })
    await eventually('its mailbox is tried', () => imap.connections() > 0)
    const numbers = await Promise.all(
      Array.from({ length: TICKETS }, async (_, i) => {
        const { number } = await desk.admin.post<{ number: number }>('/tickets', {
          subject: `Offer ${i}`,
          departmentId: sales.id,
          requester: { email: `buyer${i}@client.example` },
        })
        return number
      }),
    )
    for (let i = 0; i < REPLIES; i += TICKETS)
      await Promise.all(
        numbers.map((number) =>
          desk.admin.post<Message>(`/tickets/${number}/messages`, {
            text: `Offer ${i}`,
            holdSeconds: 0,
          }),
        ),
      )
    await eventually('its server is tried', () => smtp.connections() >= 3)

    const took = await inAndOut('While Sales hangs')
    t.diagnostic(`${took} ms beside it, ${calm} before`)
    assert.ok(smtp.connections() <= 30, `${smtp.connections()} connections to a server that hangs`)
    // A connection that is never greeted is given up after 75 s: nobody else waits for that.
    assert.ok(took < Math.max(10 * calm, 60_000), `${took} ms, and ${calm} while nothing hangs`)
  })

  it('which forgets three messages does not hold up the others of the account', async () => {
    desk.deliver(rawMail({ subject: 'Forgotten', from: 'anna@client.example' }))
    const { number } = await desk.ticketAbout('Forgotten')
    const reply = (text: string): Promise<Message> =>
      desk.admin.post<Message>(`/tickets/${number}/messages`, { text, holdSeconds: 0 })
    desk.peer.fail({ kind: 'hang', at: 'data' }, 3)
    const forgotten = [await reply('One'), await reply('Two'), await reply('Three')]
    await eventually('they hang', () => desk.peer.faultsLeft === 0)

    const { mail } = await desk.reply(number, { text: 'Four', holdSeconds: 0 })
    const states = (await desk.messages(number)).filter((m) => forgotten.some((f) => f.id === m.id))
    assert.deepEqual(
      states.map(({ state }) => state),
      ['sending', 'sending', 'sending'],
      'they are still waited for',
    )
    assert.ok(mail)
  })
})
