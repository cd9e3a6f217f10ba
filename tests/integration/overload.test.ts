import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Department } from '../../domain/people/contract.ts'
import type { Answer, ApiClient } from '../harness/api-client.ts'
import { eventually } from '../harness/eventually.ts'
import { Guichet } from '../harness/guichet.ts'
import { Audit } from './support/audit.ts'

const TICKETS = 4
/** Many more than have their turn in time, while each turn ends with an answer that is kept. */
const AT_ONCE = 240

/** The worker stands still meanwhile: nothing can be done, on however fast or slow a machine. */
describe('more than can be done in time', () => {
  let guichet: Guichet
  let admin: ApiClient
  let audit: Audit
  const numbers: number[] = []

  before(async () => {
    guichet = await Guichet.start()
    admin = await guichet.admin()
    audit = Audit.open(guichet.databaseUrl)
    const { id: departmentId } = await admin.post<Department>('/departments', { name: 'IT' })
    for (let i = 0; i < TICKETS; i++) {
      const { number } = await admin.post<{ number: number }>('/tickets', {
        subject: `Request ${i}`,
        departmentId,
        requester: { email: `person${i}@client.example` },
      })
      numbers.push(number)
    }
  })
  after(async () => {
    await audit?.close()
    await guichet?.stop()
  })

  const write = (i: number): Promise<Answer<{ code?: string }>> =>
    admin.request('POST', `/tickets/${numbers[i % TICKETS]}/notes`, { text: `Note ${i}` })
  const isRefused = ({ status }: Answer<unknown>): boolean => status === 503
  /** Writes a note, and comes again when it is told to, until it is taken. */
  async function insist(i: number, first: Answer<{ code?: string }>): Promise<number> {
    let answer = first
    while (isRefused(answer)) {
      const seconds = Number(answer.headers.get('retry-after'))
      await new Promise((resolve) => setTimeout(resolve, seconds * 1_000))
      answer = await write(i)
    }
    return answer.status
  }

  it('is refused with nothing done for it, and done when it comes again', async (t) => {
    process.kill(guichet.pid('worker')!, 'SIGSTOP')
    t.after(() => process.kill(guichet.pid('worker')!, 'SIGCONT'))
    const answered: Answer<{ code?: string }>[] = []
    const all = Array.from({ length: AT_ONCE }, async (_, i) => {
      const answer = await write(i)
      answered.push(answer)
      return answer
    })
    await eventually('nobody waits any more', async () => {
      const { body } = await admin.request<string>('GET', '/metrics')
      return answered.length > 0 && /^guichet_changes_waiting 0$/m.test(body)
    })
    process.kill(guichet.pid('worker')!, 'SIGCONT')
    const answers = await Promise.all(all)
    const refused = answers.filter(isRefused)
    assert.ok(refused.length > 0)
    t.diagnostic(`${refused.length} of ${AT_ONCE} refused`)
    for (const { headers, body } of refused) {
      assert.equal(body.code, 'too-busy')
      assert.ok(Number(headers.get('retry-after')) >= 1)
    }
    assert.equal(await audit.count('note'), AT_ONCE - refused.length, 'nothing is left of them')
    const ends = await Promise.all(answers.map((answer, i) => insist(i, answer)))
    // One that was sent just before the worker stood still may be kept, and is done all the same.
    assert.ok(ends.every((status) => status === 201 || status === 202))
    await eventually(
      'all are in their tickets',
      async () => (await audit.count('note WHERE event_no IS NOT NULL')) === AT_ONCE,
    )
    assert.equal(await audit.count('note'), AT_ONCE, 'each once')
    await audit.assertSound()
  })
})
