import { z } from 'zod'
import type { PendingDelivery } from '../../domain/conversation/state.ts'
import { rawStatement } from '../../platform/postgres/raw-statement.ts'

/**
 * What routes need to know of a ticket before they do anything with it: the first statement of
 * nearly every request.
 * $1 its number
 */
export const authorisedTicketStatement = rawStatement({
  name: 'authorised-ticket',
  row: z.object({
    number: z.number(),
    version: z.number(),
    subject: z.string(),
    status: z.string(),
    departmentId: z.string(),
    categoryId: z.string().nullable(),
    resolution: z.string().nullable(),
    locationId: z.string().nullable(),
    pending: z.custom<PendingDelivery[]>(),
  }),
  text: `
SELECT number, version, subject, status, department_id AS "departmentId", category_id AS "categoryId",
  resolution, location_id AS "locationId", state->'pending' AS pending
FROM ticket WHERE number = $1`,
})
