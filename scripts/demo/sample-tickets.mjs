import { finance, hrAndFacilities } from './sample-tickets-offices.mjs'
import { it } from './sample-tickets-it.mjs'

/**
 * What happens to a ticket after it was opened, in order.
 * `take` gives it an owner; `set` changes properties (category by its name); `reply` is an agent's
 * mail; `answer` the requester's mail to that; `note` stays inside.
 * @typedef {{take: string} | {set: {priority?: string, status?: string, resolution?: string,
 *   category?: string}} | {reply: string, by: string, status?: string}
 *   | {answer: string} | {note: string, by: string}} Step
 *
 * @typedef {object} Sample
 * @property {string} from key of a requester
 * @property {import('./sample-people.mjs').DepartmentKey} to
 * @property {string} subject unique
 * @property {string} text
 * @property {number} hoursAgo by the Date of its mail
 * @property {{filename: string, content: string}[]} [files]
 * @property {Step[]} steps
 */

/** @type {Sample[]} */
export const samples = [...it, ...finance, ...hrAndFacilities].sort(
  (a, b) => b.hoursAgo - a.hoursAgo,
)
