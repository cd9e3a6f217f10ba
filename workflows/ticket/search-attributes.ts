import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow'
import {
  defineSearchAttributeKey,
  type SearchAttributePair,
  SearchAttributeType,
} from '@temporalio/common'
import {
  searchAttributeNames,
  searchAttributeTypes,
  ticketAttributes,
  type TicketAttributes,
} from '../../domain/search-attributes.ts'
import type { Ticket } from '../../domain/ticket.ts'

/** What operators search tickets by in the Temporal UI. */
export class SearchAttributes {
  /** A new ticket is started with its attributes, so that opening it costs no further write. */
  private shown: Partial<Record<keyof TicketAttributes, unknown>> = Object.fromEntries(
    workflowInfo()
      .typedSearchAttributes.getAll()
      .map(({ key, value }) => [key.name, value]),
  )

  /** Brings those up to date that have changed. */
  reconcile(ticket: Ticket): void {
    if (!ticket.opened) return
    const attributes = ticketAttributes(ticket)
    const changed = searchAttributeNames.filter((name) => this.shown[name] !== attributes[name])
    if (changed.length === 0) return
    upsertSearchAttributes(
      changed.map(
        (name): SearchAttributePair =>
          ({
            key: defineSearchAttributeKey(name, SearchAttributeType[searchAttributeTypes[name]]),
            value: attributes[name],
          }) as SearchAttributePair,
      ),
    )
    this.shown = attributes
  }
}
