import { z } from 'zod'
import { askedTo } from '../asked.ts'
import { fact } from '../events.ts'
import { reject, rule } from '../command-rule.ts'
import { linkKind, person } from '../vocabulary.ts'

const link = z.object({
  number: z.number().int().positive(),
  kind: linkKind,
  subject: z.string().max(998).default(''),
})

/** People and tickets around a ticket. */
export const relationCommands = {
  addWatcher: rule({
    payload: z.object({ watcher: person }),
    right: 'ticket.read',
    asks: (_, { watcher }) => askedTo('addWatcher', watcher.name),
    decide: (ticket, p) =>
      ticket.watchers.some((w) => w.id === p.watcher.id) ? [] : [fact('watcherAdded', p)],
  }),
  removeWatcher: rule({
    payload: z.object({ watcher: person }),
    right: 'ticket.read',
    asks: (_, { watcher }) => askedTo('removeWatcher', watcher.name),
    decide: (ticket, p) =>
      ticket.watchers.some((w) => w.id === p.watcher.id) ? [fact('watcherRemoved', p)] : [],
  }),
  linkTicket: rule({
    payload: link,
    right: 'ticket.work',
    asks: (_, { number }) => askedTo('linkTicket', `#${number}`),
    decide: (ticket, p) => {
      if (p.number === ticket.number)
        return reject('link-to-itself', 'A ticket cannot be linked to itself.')
      return ticket.links.some((l) => l.number === p.number && l.kind === p.kind)
        ? []
        : [fact('ticketLinked', p)]
    },
  }),
  unlinkTicket: rule({
    payload: link.omit({ subject: true }),
    right: 'ticket.work',
    asks: (_, { number }) => askedTo('unlinkTicket', `#${number}`),
    decide: (ticket, p) =>
      ticket.links.some((l) => l.number === p.number && l.kind === p.kind)
        ? [fact('ticketUnlinked', p)]
        : [],
  }),
} as const
