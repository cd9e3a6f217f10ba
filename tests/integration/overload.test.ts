import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Department } from '../../domain/people/contract.ts'
import type { Answer, ApiClient } from '../harness/api-client.ts'
import { Guichet } from '../harness/guichet.ts'
import { Audit } from './support/audit.ts'

const TICKETS = 40
/** As many at once as the desk does at its best. */
const CALM = 24
/** Seconds of work that ask at once: more than the API lets in. */
const TOO_MUCH = 20
/** Done in each of both. */
const DONE = 250

/** More is asked for than can be done. */
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

  /** Writes notes, so many at once, until enough are written. */
  async function press(
    atOnce: number,
  ): Promise<{ rate: number; answers: Answer<{ code?: string }>[] }> {
    const began = Date.now()
    const answers: Answer<{ code?: string }>[] = []
    let done = 0
    let finished = began
    const one = async (): Promise<void> => {
      while (done < DONE) {
        const number = numbers[answers.length % numbers.length]
        const answer = await admin.request<{ code?: string }>('POST', `/tickets/${number}/notes`, {
          text: `Note ${answers.length}`,
        })
        answers.push(answer)
        if (answer.status === 201 && ++done === DONE) finished = Date.now()
        if (answer.status === 503) {
          const seconds = Number(answer.headers.get('retry-after'))
          await new Promise((resolve) => setTimeout(resolve, seconds * 1_000))
        }
      }
    }
    await Promise.all(Array.from({ length: atOnce }, one))
    return { rate: (1000 * DONE) / (finished - began), answers }
  }
  const statuses = (answers: readonly Answer<unknown>[]): Record<number, number> =>
    answers.reduce<Record<number, number>>(
      (counted, { status }) => ({ ...counted, [status]: (counted[status] ?? 0) + 1 }),
      {},
    )

  it('is refused at once, and as much is done as ever', async (t) => {
    await press(CALM)
    const calm = await press(CALM)
    const pressed = await press(Math.max(300, Math.ceil(TOO_MUCH * calm.rate)))
    t.diagnostic(`calm ${calm.rate.toFixed(1)}/s ${JSON.stringify(statuses(calm.answers))}`)
    t.diagnostic(
      `pressed ${pressed.rate.toFixed(1)}/s ${JSON.stringify(statuses(pressed.answers))}`,
    )
    assert.deepEqual(Object.keys(statuses(calm.answers)), ['201'], 'nothing is refused before')
    const refused = pressed.answers.filter(({ status }) => status === 503)
    assert.ok(refused.length > 0)
    for (const { headers, body } of refused) {
      assert.equal(body.code, 'too-busy')
      assert.ok(Number(headers.get('retry-after')) >= 1)
    }
    assert.ok(pressed.rate > calm.rate / 2, `${pressed.rate} a second, and ${calm.rate} before`)
  })

  it('leaves nothing undone that was accepted, and nothing half done that was refused', async () => {
    const after = await press(1)
    assert.deepEqual(Object.keys(statuses(after.answers)), ['201'])
    assert.equal(await audit.count('note WHERE event_no IS NULL'), 0)
    await audit.assertSound()
  })
})
