import { randomUUID } from 'node:crypto'
import { signalTicket } from '../../../application/tickets/ticket-workflow.ts'
import type { CommandName, CommandPayload } from '../../../domain/commands.ts'
import type { StartFacts } from '../../../domain/ticket.ts'
import { SYSTEM } from '../../../domain/vocabulary.ts'
import { eventually } from '../../harness/eventually.ts'
import type { WholeWorkers } from './whole-worker.ts'

/** Tickets that are opened and told things by signals alone, whether a worker runs or not. */
export class OrderedTickets {
  readonly department = { id: randomUUID(), name: 'IT' }
  #last = 1000

  private constructor(private readonly workers: WholeWorkers) {}

  static async open(workers: WholeWorkers): Promise<OrderedTickets> {
    const tickets = new OrderedTickets(workers)
    const { id, name } = tickets.department
    await workers.sql('INSERT INTO department (id, name) VALUES ($1, $2)', [id, name])
    return tickets
  }

  /** Sends a command and waits for nothing. */
  send = <N extends CommandName>(
    facts: StartFacts,
    name: N,
    payload: CommandPayload<N>,
  ): Promise<void> =>
    signalTicket(this.workers.client, facts, name, { id: randomUUID(), actor: SYSTEM, payload })

  /** @returns the number of a ticket that is to be opened. */
  order = async (): Promise<number> => {
    const number = ++this.#last
    await this.send({ number, resume: false }, 'openTicket', {
      subject: `Ticket ${number}`,
      requester: { email: 'anna@client.example', name: 'Anna' },
      department: this.department,
      priority: 'normal',
      channel: 'api',
    })
    return number
  }

  /** @returns the types of its history's lines. */
  types = async (number: number): Promise<string[]> =>
    (
      await this.workers.sql<{ type: string }>(
        'SELECT type FROM ticket_event WHERE ticket_number = $1 ORDER BY no',
        [number],
      )
    ).map(({ type }) => type)

  /** Waits for a line of its history. */
  happened = (number: number, type: string): Promise<boolean> =>
    eventually(`${type} in #${number}`, async () => {
      const found = await this.types(number)
      if (!found.includes(type)) throw new Error(found.join(', '))
      return true
    })
}
