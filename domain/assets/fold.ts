import type { Fold } from '../fold.ts'
import type { Ticket } from '../ticket.ts'
import type { assetEvents } from './events.ts'

const answered = (ticket: Ticket, { id }: { id: string }): Partial<Ticket> => ({
  confirmations: ticket.confirmations.filter((c) => c.id !== id),
})

export const assetFold: Fold<typeof assetEvents> = {
  assetLinked: (ticket, { asset }) => ({ assets: [...ticket.assets, asset] }),
  assetUnlinked: (ticket, { asset }) => ({
    assets: ticket.assets.filter((a) => a.id !== asset.id),
  }),
  documentLinked: (ticket, { document }) => ({ documents: [...ticket.documents, document] }),
  documentUnlinked: (ticket, { document }) => ({
    documents: ticket.documents.filter((d) => d.id !== document.id),
  }),
  locationChanged: (_ticket, { to, byDefault }) => ({
    location: to,
    ...(byDefault ? {} : { locationChosen: true }),
  }),
  confirmationAsked: (ticket, asked, { actor }) => ({
    confirmations: [
      ...ticket.confirmations,
      { ...asked, askedBy: actor.kind === 'agent' ? actor.id : null },
    ],
  }),
  confirmationGiven: answered,
  confirmationRefused: answered,
  confirmationRevoked: answered,
  confirmationExpired: answered,
}
