import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { assetNotifications } from '../../../domain/assets/notifications.ts'
import { mayBeInside, locationPaths } from '../../../domain/locations/location-tree.ts'
import { assetOfPurchase } from '../../../domain/assets/purchased-asset.ts'
import { plannedTimers } from '../../../domain/areas.ts'
import { rebuild, unopenedTicket } from '../../../domain/apply.ts'
import { SYSTEM } from '../../../domain/vocabulary.ts'
import { agent, ANNA, NOW, opening, openedTicket, SAM, types, uuid, when } from '../given.ts'

const LAPTOP = { id: uuid(), name: 'Laptop 12' }
const SCREEN = { id: uuid(), name: 'Screen 7' }
const INVOICE = { id: uuid(), title: 'Invoice 2026-118', kind: 'invoice' as const }
const OFFICE = { id: uuid(), name: 'Acme / Finance / Room 12' }
const LATER = '2026-12-08T09:00:00.000Z'
const asking = {
  id: uuid(),
  kind: 'handOver' as const,
  assets: [LAPTOP],
  person: ANNA,
  expires: LATER,
}
const asked = () => openedTicket((t) => when(t, 'askConfirmation', asking))
const correspondent = { kind: 'correspondent' as const, ...ANNA }
const answer = { id: asking.id, answer: 'given' as const, reason: '', from: '192.0.2.7' }

describe('assets and documents on a ticket', () => {
  it('are linked once and unlinked by id, and the history names them', () => {
    const linked = openedTicket(
      (t) => when(t, 'linkAsset', { asset: LAPTOP }),
      (t) => when(t, 'linkDocument', { document: INVOICE }),
    )
    assert.deepEqual([linked.assets, linked.documents], [[LAPTOP], [INVOICE]])
    assert.deepEqual(types(when(linked, 'linkAsset', { asset: LAPTOP })), [], 'linked already')
    const gone = when(linked, 'unlinkAsset', { assetId: LAPTOP.id })
    assert.deepEqual(
      gone.events.map((e) => e.data),
      [{ asset: LAPTOP }],
    )
    assert.deepEqual(
      types(when(gone.ticket, 'unlinkAsset', { assetId: LAPTOP.id })),
      [],
      'unlinked already',
    )
    assert.deepEqual(types(when(linked, 'unlinkDocument', { documentId: INVOICE.id })), [
      'documentUnlinked',
    ])
  })

  it('are not linked to a ticket that does not exist', () => {
    assert.equal(
      when(unopenedTicket(1), 'linkAsset', { asset: LAPTOP }).rejection?.code,
      'ticket-not-opened',
    )
    assert.equal(
      when(unopenedTicket(1), 'setLocation', { location: OFFICE }).rejection?.code,
      'ticket-not-opened',
    )
  })
})

describe('the location of a ticket', () => {
  it('is set, and set again changes nothing', () => {
    const placed = openedTicket((t) => when(t, 'setLocation', { location: OFFICE }))
    assert.deepEqual(placed.location, OFFICE)
    assert.deepEqual(types(when(placed, 'setLocation', { location: OFFICE })), [])
    assert.deepEqual(when(placed, 'setLocation', { location: null }).events[0]?.data, {
      from: OFFICE,
      to: null,
    })
  })

  it('is there from the beginning when the requester has one', () => {
    const { ticket, events } = when(unopenedTicket(1), 'openTicket', {
      ...opening,
      location: OFFICE,
    })
    assert.deepEqual(
      events.map((e) => e.type),
      ['ticketOpened', 'locationChanged'],
    )
    assert.deepEqual(ticket.location, OFFICE)
  })
})

describe('a confirmation', () => {
  it('is asked for assets that is then linked to the ticket, and waits for an answer', () => {
    const decision = when(openedTicket(), 'askConfirmation', {
      ...asking,
      assets: [LAPTOP, SCREEN],
    })
    assert.deepEqual(types(decision), ['assetLinked', 'assetLinked', 'confirmationAsked'])
    assert.deepEqual(
      decision.ticket.confirmations.map((c) => [c.id, c.askedBy]),
      [[asking.id, SAM.id]],
    )
  })

  it('is answered once, from a location in the network', () => {
    const given = when(asked(), 'answerConfirmation', answer, correspondent)
    assert.deepEqual(
      given.events.map((e) => [e.type, e.data]),
      [
        [
          'confirmationGiven',
          { id: asking.id, kind: 'handOver', person: ANNA, assets: [LAPTOP], from: '192.0.2.7' },
        ],
      ],
    )
    assert.equal(
      when(given.ticket, 'answerConfirmation', { ...answer, answer: 'refused' }, correspondent)
        .rejection?.code,
      'confirmation-not-open',
    )
  })

  it('is refused with a reason', () => {
    const refused = when(
      asked(),
      'answerConfirmation',
      { ...answer, answer: 'refused', reason: 'I have not got it.' },
      correspondent,
    )
    assert.deepEqual(types(refused), ['confirmationRefused'])
    assert.deepEqual(refused.ticket.confirmations, [])
  })

  it('cannot be answered when it was revoked or is over', () => {
    const revoked = when(asked(), 'revokeConfirmation', { id: asking.id })
    assert.equal(
      when(revoked.ticket, 'answerConfirmation', answer, correspondent).rejection?.code,
      'confirmation-not-open',
    )
    assert.equal(
      when(asked(), 'answerConfirmation', answer, correspondent, LATER).rejection?.code,
      'confirmation-not-open',
    )
  })

  it('is not asked twice for the same asset, nor for a time that is over', () => {
    assert.equal(
      when(asked(), 'askConfirmation', { ...asking, id: uuid() }).rejection?.code,
      'confirmation-already-asked',
    )
    assert.equal(
      when(openedTicket(), 'askConfirmation', { ...asking, expires: NOW }).rejection?.code,
      'confirmation-already-over',
    )
  })

  it('ends by a timer of the ticket, which changes nothing when it comes early or late', () => {
    const [timer] = plannedTimers(asked())
    assert.deepEqual(
      [timer?.at, timer?.command],
      [LATER, { name: 'expireConfirmation', payload: { id: asking.id } }],
    )
    assert.deepEqual(types(when(asked(), 'expireConfirmation', { id: asking.id }, SYSTEM)), [])
    const over = when(asked(), 'expireConfirmation', { id: asking.id }, SYSTEM, LATER)
    assert.deepEqual(types(over), ['confirmationExpired'])
    assert.deepEqual(plannedTimers(over.ticket), [])
    assert.deepEqual(
      types(when(over.ticket, 'expireConfirmation', { id: asking.id }, SYSTEM, LATER)),
      [],
    )
  })

  it('is told to the person asked, and its answer to who asked', () => {
    const before = openedTicket()
    const question = when(before, 'askConfirmation', asking)
    assert.deepEqual(
      assetNotifications({ before, after: question.ticket, events: question.events }).map((n) => [
        n.kind,
        n.to,
      ]),
      [['confirmationAsked', ANNA]],
    )
    const given = when(question.ticket, 'answerConfirmation', answer, correspondent)
    assert.deepEqual(
      assetNotifications({
        before: question.ticket,
        after: given.ticket,
        events: given.events,
      }).map((n) => [n.kind, n.to, n.data['answer']]),
      [['confirmationGiven', { userId: SAM.id }, 'given']],
    )
  })

  it('is rebuilt from the events', () => {
    const { ticket, events } = when(openedTicket(), 'askConfirmation', asking)
    assert.deepEqual(rebuild(ticket.number, [...events]).confirmations, ticket.confirmations)
    assert.deepEqual(events[0]?.actor, agent)
  })
})

describe('the tree of locations', () => {
  it('goes from companies and sites over sections to rooms', () => {
    assert.ok(
      mayBeInside('company', null) &&
        mayBeInside('section', 'site') &&
        mayBeInside('room', 'section') &&
        mayBeInside('room', 'company'),
    )
    assert.ok(
      !mayBeInside('room', null) &&
        !mayBeInside('company', 'site') &&
        !mayBeInside('section', 'room'),
    )
  })

  it('names a location by the whole way to it', () => {
    const paths = locationPaths([
      { id: 'a', parentId: null, name: 'Acme' },
      { id: 'b', parentId: 'a', name: 'Finance' },
      { id: 'c', parentId: 'b', name: 'Room 12' },
    ])
    assert.equal(paths.get('c'), 'Acme / Finance / Room 12')
  })
})

describe('a delivered line of a purchase', () => {
  it('becomes an asset in stock', () => {
    const id = uuid()
    assert.deepEqual(
      assetOfPurchase(
        {
          id,
          name: ' ThinkPad ',
          type: 'Laptop',
          serial: 'PF3',
          supplier: 'Example Ltd',
          unitPrice: '1200.50',
          currency: 'CHF',
        },
        NOW,
      ),
      {
        id,
        name: 'ThinkPad',
        type: 'Laptop',
        serial: 'PF3',
        status: 'inStock',
        purchased_on: '2026-11-24',
        supplier: 'Example Ltd',
        price: '1200.50',
        currency: 'CHF',
      },
    )
    assert.deepEqual(
      [assetOfPurchase({ id, name: '' }, NOW).name, assetOfPurchase({ id, name: '' }, NOW).type],
      ['Asset', 'Other'],
    )
  })
})
