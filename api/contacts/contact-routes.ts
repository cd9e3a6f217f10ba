import { sql } from 'kysely'
import { z } from 'zod'
import {
  contactAddress,
  contactChange,
  contactDetail as detail,
  contactPage,
  contactParams,
  contactQuery,
} from '../../domain/contacts/contract.ts'
import { seesLocation } from '../../domain/permissions.ts'
import { emailAddress } from '../../domain/vocabulary.ts'
import { signedIn } from '../access/authentication.ts'
import { authorisedContact, contactAt, seesContact } from './contact-access.ts'
import { addAddress, removeAddress, writeContact } from './contact-writing.ts'
import { byName, contactDetail, contactOf, contactRows, contacts } from './contact-view.ts'
import { pageOf, readCursor } from '../http/cursor.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { authorisedLocation } from '../locations/location-access.ts'
import { notFound } from '../http/problem.ts'
import { containing, searchWords } from '../http/search-words.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'

const cursorKeys = z.tuple([z.string(), z.string()])
const searched = sql<string>`concat_ws(' ', c.name, array_to_string(addresses_of(c.email), ' '))`

/** The people who write: where they are, what they asked, what they have. */
export function contactRoutes(api: Api, { db }: Dependencies): void {
  const config = { right: 'ticket.work' } as const

  api.get(
    '/contacts',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listContacts',
        summary: 'List people',
        description:
          'By name; who wrote, or has an asset, and whom one sees: through tickets of one’s departments and locations, through assets, through their location.',
        querystring: contactQuery,
        response: answers(200, contactPage),
      },
    },
    async (request) => {
      const { cursor, limit, q, location } = request.query
      const user = signedIn(request)
      const found = contacts(db)
        .where('c.same_as', 'is', null)
        .where((eb) =>
          eb.and(searchWords(q).map((word) => eb(searched, 'ilike', containing(word)))),
        )
        .$if(location !== undefined, (all) =>
          all.where(sql<boolean>`c.location_id = ANY(locations_within(ARRAY[${location}::uuid]))`),
        )
        .where(seesContact(user))
      const { total } = await found
        .clearSelect()
        .select(sql<number>`count(*)::int`.as('total'))
        .executeTakeFirstOrThrow()
      const after = readCursor(cursor, cursorKeys)
      const shown = found
        .$if(after !== null, (rest) =>
          rest.where((eb) => eb(eb.refTuple(byName, 'c.email'), '>', eb.tuple(...after!))),
        )
        .orderBy(byName)
        .orderBy('c.email')
        .limit(limit + 1)
      const rows = await contactRows(db, user, shown).orderBy(byName).orderBy('c.email').execute()
      return { ...pageOf(rows, limit, contactOf, (row) => [row.key, row.email]), total }
    },
  )

  api.get(
    '/contacts/:email',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'getContact',
        summary: 'One person',
        description: 'By any of their addresses.',
        params: contactParams,
        response: answers(200, detail),
      },
    },
    async (request) => {
      const user = signedIn(request)
      return contactDetail(db, user, await authorisedContact(db, user, request.params.email))
    },
  )

  api.put(
    '/contacts/:email',
    {
      config,
      schema: {
        operationId: 'setContact',
        summary: 'Say who somebody is, and where',
        description:
          'Only what is present changes; an unknown address becomes a person. New tickets of all their addresses are at the location.',
        params: contactParams,
        body: contactChange,
        response: answers(200, detail),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const { known, authorised } = await contactAt(db, user, request.params.email)
      if (known !== null && !authorised) throw notFound('such person')
      const { locationId } = request.body
      if (locationId !== undefined || (known === null && !seesLocation(user, null)))
        await authorisedLocation(db, user, locationId ?? null, '/locationId')
      await db
        .transaction()
        .execute((transaction) =>
          writeContact(transaction, user, known ?? request.params.email, request.body),
        )
      return contactDetail(db, user, known ?? request.params.email)
    },
  )

  api.post(
    '/contacts/:email/addresses',
    {
      config,
      schema: {
        operationId: 'addContactAddress',
        summary: 'Add an address to a person',
        description: 'What was written from it is theirs from now on.',
        params: contactParams,
        body: contactAddress,
        response: answers(201, detail),
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      const email = await authorisedContact(db, user, request.params.email)
      await db
        .transaction()
        .execute((transaction) => addAddress(transaction, user, email, request.body.address))
      return reply.code(201).send(await contactDetail(db, user, email))
    },
  )

  api.delete(
    '/contacts/:email/addresses/:address',
    {
      config,
      schema: {
        operationId: 'removeContactAddress',
        summary: 'Take an address from a person',
        description: 'It is somebody of its own again.',
        params: contactParams.extend({ address: emailAddress }),
        response: noContent,
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      await removeAddress(
        db,
        await authorisedContact(db, user, request.params.email),
        request.params.address,
      )
      return reply.code(204).send()
    },
  )
}
