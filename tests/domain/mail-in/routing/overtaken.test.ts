import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { MailAddress, ParsedMail } from '../../../../domain/mail-in/parsed-mail.ts'
import { decideMail, type MailDecision } from '../../../../domain/mail-in/routing/decision.ts'
import { mergeTargetOf, type RoutingFacts } from '../../../../domain/mail-in/routing/facts.ts'
import { remember } from '../../../../domain/mail-in/routing/remember.ts'
import { answeredIds } from '../../../../domain/mail-in/message-ids.ts'
import { ANNA, book, candidate, EVE, facts, NOW, SAM } from './given.ts'

const BO = 'bo@client.example'
const person = (address: string): MailAddress => ({ address, name: '' })
const DESK = person('it@desk.test')

/** A desk that takes mails one after another, by the real rules; what it knows is in `facts`. */
function desk() {
  const known = facts()
  let next = 1001
  let mails = 0
  return {
    facts: known,
    /** What Guichet does with tickets of one thread that nobody has worked on. */
    merge(number: number, into: number): void {
      const [from, to] = [mergeTargetOf(known, number), mergeTargetOf(known, into)]
      if (from === to) return
      for (const [ticket, target] of known.mergeTargets)
        if (target === from) known.mergeTargets.set(ticket, to)
      known.mergeTargets.set(from, to)
      for (const address of known.participants.get(from)!) known.participants.get(to)!.add(address)
    },
    take(mail: Partial<ParsedMail>): { decision: MailDecision; ticket: number | null } {
      const answered = answeredIds({ inReplyTo: [], references: [], ...mail })
      const key = `key-${++mails}`
      const taken = candidate(mail, { answered, contentKey: key })
      const decision = decideMail(taken, known, book, NOW)
      const ticket = decision.kind === 'open' ? next++ : (decision.ticketNumber ?? null)
      remember(known, taken, decision, ticket)
      return { decision, ticket }
    },
  }
}

/** Anna's question to the desk, with a copy to Bo. */
const question = { internetId: 'root@client.example', cc: [person(BO)] }
/** Bo's answer to Anna and the desk. */
const answer = {
  internetId: 'answer@client.example',
  inReplyTo: ['root@client.example'],
  from: person(BO),
  to: [person(ANNA)],
  cc: [DESK],
}

describe('a question that its answer has overtaken', () => {
  it('joins the ticket that the answer opened', () => {
    const { take } = desk()
    const { decision, ticket } = take(answer)
    assert.equal(decision.kind, 'open')
    const late = take(question)
    assert.deepEqual([late.decision.kind, late.ticket], ['join', ticket])
  })

  it('joins that of a machine’s answer, as of an absence notice', () => {
    const { take } = desk()
    const automatic = { automatic: true, mayAnswer: false, reason: 'auto-submitted' }
    const { ticket } = take({ ...answer, automatic })
    assert.equal(take(question).ticket, ticket)
  })

  it('joins an agent’s answer from their own mailbox, although it does not name them', () => {
    const { take } = desk()
    const { ticket } = take({ ...answer, from: person(SAM) })
    assert.equal(take({ ...question, cc: [] }).ticket, ticket)
  })

  it('joins when it is an agent’s, sent to a customer with a copy to the desk', () => {
    const { take } = desk()
    const { ticket } = take({ ...answer, to: [person(SAM)] })
    const late = take({ ...question, from: person(SAM), to: [person(BO)], cc: [DESK] })
    assert.deepEqual([late.decision.kind, late.ticket], ['join', ticket])
  })

  it('came to another of our addresses than the answer: the one ticket all the same', () => {
    const { take } = desk()
    const { ticket } = take(answer)
    assert.equal(take({ ...question, to: [person('hr@desk.test')] }).ticket, ticket)
  })

  it('is what the ticket goes by from then on: its subject and its requester', () => {
    const { take } = desk()
    take({ ...answer, subject: 'Re: Jam' })
    const late = take({ ...question, subject: 'Jam', from: { address: ANNA, name: 'Anna' } })
    assert.ok(late.decision.kind === 'join')
    assert.deepEqual(late.decision.question, {
      subject: 'Jam',
      requester: { email: ANNA, name: 'Anna' },
      location: null,
    })
  })

  it('brings its requester’s place, and is acknowledged as if it had come first; once', () => {
    const { take, facts } = desk()
    const paris = { id: 'paris', name: 'Paris' }
    facts.locations.set(ANNA, paris)
    take(answer)
    const late = take(question)
    assert.ok(late.decision.kind === 'join')
    assert.deepEqual(
      [late.decision.question?.location, late.decision.acknowledgement?.to.address],
      [paris, ANNA],
    )
    const own = desk()
    own.take({ ...answer, from: person(ANNA), to: [DESK], cc: [person(BO)] })
    const first = own.take(question)
    assert.ok(first.decision.kind === 'join' && first.decision.question)
    assert.equal(first.decision.acknowledgement, null, 'they were told when it was opened')
  })

  it('is only the first mail of all: what it answers itself comes before it', () => {
    const third = {
      ...answer,
      internetId: 'third@client.example',
      inReplyTo: ['answer@client.example'],
    }
    const { take } = desk()
    const opened = take(third)
    const asked = [answer, question].map((mail) => take(mail))
    assert.deepEqual(
      asked.map(({ decision, ticket }) => [
        ticket,
        decision.kind === 'join' && decision.question?.requester.email,
      ]),
      [
        [opened.ticket, BO],
        [opened.ticket, ANNA],
      ],
    )
    const other = desk()
    other.take({ ...third, references: ['root@client.example', 'answer@client.example'] })
    const named = [question, answer].map((mail) => other.take(mail).decision)
    assert.deepEqual(
      named.map((decision) => decision.kind === 'join' && decision.question !== undefined),
      [true, false],
    )
  })

  it('is not of a ticket that something else has opened', () => {
    const { take } = desk()
    const first = take({ internetId: 'first@client.example', cc: [person(BO)] })
    const reply = { ...answer, references: ['first@client.example'] }
    assert.equal(take(reply).ticket, first.ticket)
    const { decision, ticket } = take(question)
    assert.ok(decision.kind === 'join')
    assert.deepEqual([ticket, decision.question], [first.ticket, undefined])
  })

  it('joins one of two tickets that its answers opened, and says that the other is of its thread', () => {
    const { take } = desk()
    const other = 'other@client.example'
    const first = take(answer)
    // Carl answered from a client that says nothing of the rest, and only to Anna and the desk.
    const second = take({
      ...answer,
      internetId: 'second@client.example',
      from: person(other),
    })
    assert.notEqual(first.ticket, second.ticket)
    const { decision, ticket } = take({ ...question, cc: [person(BO), person(other)] })
    assert.ok(decision.kind === 'join')
    assert.deepEqual(
      [ticket, ...decision.sameThread!.map(({ number }) => number)].sort(),
      [first.ticket, second.ticket].sort(),
    )
  })

  it('opens its own when its sender failed authentication', () => {
    const { take } = desk()
    take(answer)
    const headers = [
      { name: 'authentication-results', value: 'mx; dmarc=fail header.from=client.example' },
    ]
    assert.equal(take({ ...question, headers }).decision.kind, 'open')
  })
})

describe('a Message-ID that somebody has claimed before its mail came', () => {
  /** Eve knows which id the mail will have, and names Anna to be let in with her. */
  const claim = (over: Partial<ParsedMail> = {}): Partial<ParsedMail> => ({
    internetId: 'claim@evil.example',
    inReplyTo: ['root@client.example'],
    from: person(EVE),
    to: [DESK],
    cc: [person(ANNA), person(BO)],
    ...over,
  })

  it('does not bring the mail into the ticket of whoever claimed it: that is only linked', () => {
    const { take } = desk()
    const claimed = take(claim())
    const { decision, ticket } = take(question)
    assert.ok(decision.kind === 'open')
    assert.notEqual(ticket, claimed.ticket)
    assert.deepEqual(
      [decision.opening.link?.kind, decision.opening.link?.number],
      ['relates', claimed.ticket],
    )
    assert.ok(decision.acknowledgement, 'and it is acknowledged as if nobody had claimed it')
  })

  it('nor under the name of somebody whom the mail names, when answers would go to the claimant', () => {
    for (const disguise of [
      { from: person(BO), replyTo: [person(EVE)] },
      { from: person(BO), cc: [person(ANNA), person(EVE)] },
      { from: person(ANNA), replyTo: [person(EVE)] },
    ]) {
      const { take } = desk()
      const claimed = take(claim(disguise))
      assert.notEqual(take(question).ticket, claimed.ticket)
    }
  })

  it('nor when an agent seems to forward it for the claimant', () => {
    const { take } = desk()
    const forwarded = { from: person(EVE), subject: null, date: null }
    const claimed = take(claim({ from: person(SAM), cc: [person(ANNA)], forwarded }))
    assert.notEqual(take(question).ticket, claimed.ticket)
  })

  it('does not bring in answers to the mail either, whether it comes here or not', () => {
    const alone = desk()
    const claimed = alone.take(claim())
    assert.notEqual(alone.take(answer).ticket, claimed.ticket)

    const { take } = desk()
    take(claim())
    const { ticket } = take(question)
    assert.equal(take(answer).ticket, ticket)
  })

  it('nor when the claimant sent a mail under that id: answers go to the mail that names its writer', () => {
    for (const order of [0, 1]) {
      const { take } = desk()
      const forged = claim({ internetId: 'root@client.example', inReplyTo: [] })
      const taken = [question, forged]
      if (order) taken.reverse()
      const [first, second] = taken.map((mail) => take(mail).ticket)
      assert.notEqual(first, second)
      assert.equal(take(answer).ticket, order ? second : first)
    }
  })

  it('never lets a claimant into a ticket that others write in, whatever is claimed and when', () => {
    const thread = [
      question,
      answer,
      {
        internetId: 'third@client.example',
        inReplyTo: ['answer@client.example'],
        references: ['root@client.example', 'answer@client.example'],
        to: [person(BO)],
        cc: [DESK],
      },
    ]
    const ids = thread.map(({ internetId }) => internetId)
    const people = fc.subarray([ANNA, BO, SAM, EVE]).map((all) => all.map(person))
    const claims = fc.array(
      fc.record({
        at: fc.nat({ max: 3 }),
        references: fc.subarray(ids),
        to: people,
        cc: people,
        disguise: fc.constantFrom(EVE, EVE, BO, ANNA),
      }),
      { maxLength: 4 },
    )
    fc.assert(
      fc.property(claims, (all) => {
        const { take, facts: known } = desk()
        const honest = new Set<number | null>()
        for (let at = 0; at <= thread.length; at++) {
          for (const [i, { references, to, cc, disguise }] of all.entries())
            if (all[i]!.at === at)
              take({
                internetId: `claim-${i}@evil.example`,
                references,
                from: person(disguise),
                replyTo: [person(EVE)],
                to: [DESK, ...to],
                cc,
              })
          // The claims after a mail may be answers to it in the name of somebody who takes part:
          // that is the rule of answers. Here only what was claimed before is looked at.
          if (at < thread.length && !all.some((claimed) => claimed.at > 0 && claimed.at <= at)) {
            const { ticket } = take(thread[at]!)
            honest.add(ticket)
            assert.ok(!takesPart(known, ticket, EVE))
          }
        }
        assert.ok(honest.size <= 1, 'and the thread is one ticket')
      }),
    )
  })
})

describe('a thread that comes in any order', () => {
  /** Every mail goes to everybody and the desk, as people answer to all. */
  const all = [ANNA, BO, 'carl@client.example']
  const threads = fc
    .array(fc.record({ parent: fc.nat(), from: fc.constantFrom(...all) }), {
      minLength: 2,
      maxLength: 7,
    })
    .map((drawn) => {
      const mails: (Partial<ParsedMail> & { references: string[] })[] = []
      for (const [i, { parent, from }] of drawn.entries()) {
        const answered = i === 0 ? null : mails[parent % i]!
        mails.push({
          internetId: `m${i}@client.example`,
          inReplyTo: answered ? [answered.internetId!] : [],
          references: answered ? [...answered.references, answered.internetId!] : [],
          from: person(from),
          to: [DESK],
          cc: all.filter((each) => each !== from).map(person),
        })
      }
      return mails
    })
  const shuffled = threads.chain((mails) =>
    fc.shuffledSubarray(mails, { minLength: mails.length, maxLength: mails.length }),
  )

  it('is one ticket with each mail once', () => {
    fc.assert(
      fc.property(shuffled, (mails) => {
        const { take } = desk()
        const taken = mails.map(take)
        assert.deepEqual(
          taken.map(({ decision }) => decision.kind),
          ['open', ...mails.slice(1).map(() => 'join')],
        )
        assert.equal(new Set(taken.map(({ ticket }) => ticket)).size, 1)
      }),
    )
  })

  it('is one ticket in the end where clients name only the mail they answer, however late tickets are merged', () => {
    const late = fc.array(fc.nat({ max: 4 }), { minLength: 7, maxLength: 7 })
    fc.assert(
      fc.property(shuffled, late, (mails, delays) => {
        const { take, merge, facts: known } = desk()
        const asked: { at: number; number: number; into: number }[] = []
        const tickets = mails.map((mail, i) => {
          for (const { number, into } of asked.filter(({ at }) => at === i)) merge(number, into)
          const { decision, ticket } = take({ ...mail, references: [] })
          if (decision.kind === 'join')
            for (const { number } of decision.sameThread ?? [])
              asked.push({ at: i + 1 + delays[i]!, number, into: ticket! })
          return ticket!
        })
        for (const { number, into } of asked.filter(({ at }) => at >= mails.length))
          merge(number, into)
        assert.equal(new Set(tickets.map((number) => mergeTargetOf(known, number))).size, 1)
      }),
    )
  })

  it('goes by its first mail, whichever comes last', () => {
    fc.assert(
      fc.property(shuffled, (mails) => {
        const { take } = desk()
        const [first] = mails.filter(({ inReplyTo }) => inReplyTo!.length === 0)
        const going = mails.map(take).flatMap(({ decision }, i) => {
          const opens = decision.kind === 'open'
          return opens || (decision.kind === 'join' && decision.question) ? [mails[i]] : []
        })
        assert.equal(going.at(-1), first)
      }),
    )
  })
})

const takesPart = (known: RoutingFacts, ticket: number | null, address: string): boolean =>
  ticket !== null && known.participants.get(ticket)!.has(address)
