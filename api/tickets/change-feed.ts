import { z } from 'zod'
import { ANSWER_CHANNELS } from '../../application/tickets/command-answers.ts'
import type { ListenConnection } from '../../platform/postgres/listen-connection.ts'
import { streamEvent } from '../../domain/tickets/contract.ts'

/** What the database tells of: a ticket's projection was written, or a mailbox's status. */
export type Change =
  | { event: 'ticket'; data: z.infer<typeof streamEvent> }
  | { event: 'mailbox'; data: { id: string } }

/** What the one connection of the process listens to. */
export const CHANNELS = [...ANSWER_CHANNELS, 'mailbox']

const mailboxChange = z.object({ id: z.string() })

export interface ChangeListener {
  changed: (change: Change) => void
  /** Changes may have been missed: whoever shows something asks for it anew. */
  ended: () => void
}

/** Changes for open pages, from the process's one LISTEN connection. */
export class ChangeFeed {
  #listeners = new Set<ChangeListener>()

  constructor(private readonly connection: ListenConnection) {}

  /**
   * @returns once every later change is heard: how to stop listening. When the database is away,
   *   the listener is told that it ended.
   */
  async listen(listener: ChangeListener): Promise<() => void> {
    this.#listeners.add(listener)
    const stop = await this.connection.listen({
      heard: (channel, payload) => {
        const change = readChange(channel, payload)
        if (change) listener.changed(change)
      },
      lost: () => {
        listener.ended()
      },
    })
    return () => {
      this.#listeners.delete(listener)
      stop()
    }
  }

  /** Ends every listener: the process stops. */
  close(): void {
    for (const listener of [...this.#listeners]) listener.ended()
    this.#listeners.clear()
  }
}

function readChange(channel: string, payload: string): Change | null {
  try {
    if (channel === 'ticket')
      return { event: 'ticket', data: streamEvent.parse(JSON.parse(payload)) }
    if (channel === 'mailbox')
      return {
        event: 'mailbox',
        data: mailboxChange.parse(payload.startsWith('{') ? JSON.parse(payload) : { id: payload }),
      }
  } catch {
    // Anybody with a database connection can notify; what is no change of ours is nobody's.
  }
  return null
}
