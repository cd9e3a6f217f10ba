import { page } from '../../domain/contract.ts'
import {
  newResolution,
  resolutionChange,
  resolutionEntry,
  resolutionOrder,
  resolutionParams,
} from '../../domain/classification/contract.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { readResolutions } from './resolution-list.ts'
import {
  addResolution,
  changeResolution,
  orderResolutions,
  removeResolution,
} from './resolution-writing.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'

/** Why tickets are solved: the list that agents choose from. */
export function resolutionRoutes(api: Api, { db }: Dependencies): void {
  api.get(
    '/resolutions',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listResolutions',
        summary: 'List resolutions',
        description:
          'In their order, also those that are switched off: tickets may still have them.',
        response: answers(200, page(resolutionEntry)),
      },
    },
    async () => ({ items: await readResolutions(db), next: null }),
  )

  api.post(
    '/resolutions',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'createResolution',
        summary: 'Add a resolution',
        description: 'At the end of the list.',
        body: newResolution,
        response: answers(201, resolutionEntry),
      },
    },
    async (request, reply) => reply.code(201).send(await addResolution(db, request.body)),
  )

  api.put(
    '/resolutions/order',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'orderResolutions',
        summary: 'Order the resolutions',
        description:
          'Names every resolution by its key, in the order in which they are to be offered. 409 when there are others by now.',
        body: resolutionOrder,
        response: answers(200, page(resolutionEntry)),
      },
    },
    async (request) => ({ items: await orderResolutions(db, request.body.keys), next: null }),
  )

  api.patch(
    '/resolutions/:key',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'changeResolution',
        summary: 'Rename or switch a resolution',
        description: 'Tickets that have it show the new name; what their history says stays.',
        params: resolutionParams,
        body: resolutionChange,
        response: answers(200, resolutionEntry),
      },
    },
    (request) => changeResolution(db, request.params.key, request.body),
  )

  api.delete(
    '/resolutions/:key',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'removeResolution',
        summary: 'Remove a resolution',
        description: 'One of your own that no ticket has. Any other can be switched off.',
        params: resolutionParams,
        response: noContent,
      },
    },
    async (request, reply) => {
      await removeResolution(db, request.params.key)
      return reply.code(204).send()
    },
  )
}
