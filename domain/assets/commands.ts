import { z } from 'zod'
import { askedTo, askedToSet } from '../asked.ts'
import { fact } from '../events.ts'
import { reject, rule } from '../command-rule.ts'
import type { Ticket } from '../ticket.ts'
import { locationRef } from '../locations/vocabulary.ts'
import { assetRef, confirmationKind, confirmer, documentRef } from './vocabulary.ts'
import type { OpenConfirmation } from './state.ts'

/** More on one ticket is a mistake of a program; the ticket's state is to stay small. */
const MOST_LINKS = 200
const MOST_CONFIRMATIONS = 50

const notOpened = reject('ticket-not-opened', 'This ticket does not exist yet.')
const tooMany = reject(
  'too-many-links',
  `A ticket can have at most ${MOST_LINKS} assets and ${MOST_LINKS} documents. Remove some first.`,
  { most: MOST_LINKS },
)
const notAsked = reject(
  'confirmation-not-open',
  'This confirmation is not waited for any more: it was answered, revoked, or its time is over.',
)

const byId =
  (id: string) =>
  (one: { id: string }): boolean =>
    one.id === id
const named = ({ id, kind, person, assets }: OpenConfirmation) => ({ id, kind, person, assets })

/**
 * Assets, documents, locations and confirmations linked to a ticket: what people and Guichet may ask.
 */
export const assetCommands = {
  linkAsset: rule({
    payload: z.object({ asset: assetRef }),
    right: 'ticket.work',
    asks: (_, { asset }) => askedTo('linkAsset', asset.name),
    decide: (ticket, p) => {
      if (!ticket.opened) return notOpened
      if (ticket.assets.some(byId(p.asset.id))) return []
      return ticket.assets.length >= MOST_LINKS ? tooMany : [fact('assetLinked', p)]
    },
  }),
  unlinkAsset: rule({
    payload: z.object({ assetId: z.uuid() }),
    right: 'ticket.work',
    asks: ({ assets }, { assetId }) =>
      askedTo('unlinkAsset', assets.find(({ id }) => id === assetId)?.name),
    decide: (ticket, { assetId }) => {
      if (!ticket.opened) return notOpened
      return ticket.assets.filter(byId(assetId)).map((asset) => fact('assetUnlinked', { asset }))
    },
  }),
  linkDocument: rule({
    payload: z.object({ document: documentRef }),
    right: 'ticket.work',
    asks: (_, { document }) => askedTo('linkDocument', document.title),
    decide: (ticket, p) => {
      if (!ticket.opened) return notOpened
      if (ticket.documents.some(byId(p.document.id))) return []
      return ticket.documents.length >= MOST_LINKS ? tooMany : [fact('documentLinked', p)]
    },
  }),
  unlinkDocument: rule({
    payload: z.object({ documentId: z.uuid() }),
    right: 'ticket.work',
    asks: ({ documents }, { documentId }) =>
      askedTo('unlinkDocument', documents.find(({ id }) => id === documentId)?.title),
    decide: (ticket, { documentId }) => {
      if (!ticket.opened) return notOpened
      return ticket.documents
        .filter(byId(documentId))
        .map((document) => fact('documentUnlinked', { document }))
    },
  }),
  setLocation: rule({
    payload: z.object({ location: locationRef.nullable() }),
    right: 'ticket.work',
    asks: (_, { location }) => askedToSet('setLocation', 'removeLocation', location?.name),
    decide: (ticket, { location }) => {
      if (!ticket.opened) return notOpened
      return ticket.location?.id === location?.id
        ? []
        : [fact('locationChanged', { from: ticket.location, to: location })]
    },
  }),

  /**
   * Asks a person to confirm by a signed page that they have got, or given back, assets. The
   * assets are linked to the ticket with it.
   */
  askConfirmation: rule({
    payload: z.object({
      id: z.uuid(),
      kind: confirmationKind,
      assets: z.array(assetRef).min(1).max(50),
      person: confirmer,
      expires: z.iso.datetime(),
    }),
    right: 'ticket.work',
    asks: (_, { person }) => askedTo('askConfirmation', person.name || person.email),
    decide: (ticket, p, { now }) => {
      if (!ticket.opened) return notOpened
      if (Date.parse(p.expires) <= Date.parse(now))
        return reject(
          'confirmation-already-over',
          'The time to answer is already over. Give a later one.',
        )
      if (ticket.confirmations.some(byId(p.id))) return []
      if (ticket.confirmations.length >= MOST_CONFIRMATIONS)
        return reject(
          'too-many-confirmations',
          `This ticket waits for ${MOST_CONFIRMATIONS} confirmations already. Revoke some first.`,
          { most: MOST_CONFIRMATIONS },
        )
      const waiting = p.assets.find((asset) =>
        ticket.confirmations.some((c) => c.assets.some(byId(asset.id))),
      )
      if (waiting)
        return reject(
          'confirmation-already-asked',
          `A confirmation for ${waiting.name} is waited for already. Revoke it first.`,
          { name: waiting.name },
        )
      const added = p.assets.filter((asset) => !ticket.assets.some(byId(asset.id)))
      return [...added.map((asset) => fact('assetLinked', { asset })), fact('confirmationAsked', p)]
    },
  }),
  /** The person's answer, from the signed page. Counts once. */
  answerConfirmation: rule({
    payload: z.object({
      id: z.uuid(),
      answer: z.enum(['given', 'refused']),
      reason: z.string().trim().max(500).default(''),
      from: z.string().max(100),
    }),
    right: 'system',
    asks: () => askedTo('answerConfirmation'),
    decide: (ticket, { id, answer, reason, from }, { now }) => {
      const open = openConfirmation(ticket, id)
      if (!open) return notAsked
      if (Date.parse(open.expires) <= Date.parse(now)) return notAsked
      return [
        answer === 'given'
          ? fact('confirmationGiven', { ...named(open), from })
          : fact('confirmationRefused', { ...named(open), from, reason }),
      ]
    },
  }),
  revokeConfirmation: rule({
    payload: z.object({ id: z.uuid() }),
    right: 'ticket.work',
    asks: () => askedTo('revokeConfirmation'),
    decide: (ticket, { id }) => {
      const open = openConfirmation(ticket, id)
      return open ? [fact('confirmationRevoked', named(open))] : notAsked
    },
  }),
  /** Put in by the ticket's own timer. Changes nothing when the answer was quicker. */
  expireConfirmation: rule({
    payload: z.object({ id: z.uuid() }),
    right: 'system',
    decide: (ticket, { id }, { now }) => {
      const open = openConfirmation(ticket, id)
      return open && Date.parse(open.expires) <= Date.parse(now)
        ? [fact('confirmationExpired', named(open))]
        : []
    },
  }),
} as const

const openConfirmation = (ticket: Ticket, id: string): OpenConfirmation | undefined =>
  ticket.confirmations.find(byId(id))
