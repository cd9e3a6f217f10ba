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
import { inTransaction } from '../../platform/postgres/transaction.ts'
import { containing } from '../assets/asset-filter.ts'
import { signedIn } from '../access/authentication.ts'
import {
  contactAt,
  AUTHORISED_CONTACT,
  authorisedValues,
  authorisedContact,
} from './contact-access.ts'
import { addAddress, removeAddress, writeContact } from './contact-writing.ts'
import {
  CONTACT_COLUMNS,
  CONTACT_JOINS,
  CONTACT_KEY,
  contactDetail,
  contactOf,
  type ContactRow,
} from './contact-view.ts'
import { pageOf, readCursor } from '../http/cursor.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { authorisedLocation } from '../locations/location-access.ts'
import { notFound } from '../http/problem.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'

const cursorKeys = z.tuple([z.string(), z.string()])

/** The people who write: where they are, what they asked, what they have. */
export function contactRoutes(api: Api, { db, pool }: Dependencies): void {
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
      const { cursor, limit, q = '', location = null } = request.query
      const [key = null, email = null] = readCursor(cursor, cursorKeys) ?? []
      const words = q.split(/\s+/).filter(Boolean).slice(0, 10).map(containing)
      const filter = [...authorisedValues(signedIn(request)), words, location]
      const where = `c.same_as IS NULL AND concat_ws(' ', c.name, array_to_string(addresses_of(c.email), ' ')) ILIKE ALL($3::text[])
      AND ($4::uuid IS NULL OR c.location_id = ANY(locations_within(ARRAY[$4]))) AND ${AUTHORISED_CONTACT}`
      const {
        rows: [count],
      } = await pool.query<{ total: number }>(
        `SELECT count(*)::int AS total FROM contact c WHERE ${where}`,
        filter,
      )
      const { rows } = await pool.query<ContactRow>(
        `SELECT ${CONTACT_COLUMNS} FROM (SELECT c.* FROM contact c WHERE ${where} AND ($5::text IS NULL OR (${CONTACT_KEY}, c.email) > ($5, $6)) ORDER BY ${CONTACT_KEY}, c.email LIMIT $7) c ${CONTACT_JOINS}
       ORDER BY ${CONTACT_KEY}, c.email`,
        [...filter, key, email, limit + 1],
      )
      return {
        ...pageOf(rows, limit, contactOf, (row) => [row.key, row.email]),
        total: count?.total ?? 0,
      }
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
      return contactDetail(pool, user, await authorisedContact(pool, user, request.params.email))
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
      const { known, authorised } = await contactAt(pool, user, request.params.email)
      if (known !== null && !authorised) throw notFound('such person')
      const { locationId } = request.body
      if (locationId !== undefined || (known === null && !seesLocation(user, null)))
        await authorisedLocation(db, user, locationId ?? null, '/locationId')
      await inTransaction(pool, (client) =>
        writeContact(client, user, known ?? request.params.email, request.body),
      )
      return contactDetail(pool, user, known ?? request.params.email)
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
      const email = await authorisedContact(pool, user, request.params.email)
      await inTransaction(pool, (client) => addAddress(client, user, email, request.body.address))
      return reply.code(201).send(await contactDetail(pool, user, email))
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
        pool,
        await authorisedContact(pool, user, request.params.email),
        request.params.address,
      )
      return reply.code(204).send()
    },
  )
}
