import type { Client } from '@temporalio/client'
import { readCommand } from '../../domain/command-schema.ts'
import type { Command, CommandName } from '../../domain/commands.ts'
import { type CommandAnswer, type CommandAnswers, CommandRejectedError } from './command-answers.ts'
import type { StartFacts } from '../../domain/ticket.ts'
import { forgetKeptCommands, keepCommand } from './kept-commands.ts'
import { isServerAway } from '../../platform/temporal/server-away.ts'
import { signalTicket } from './ticket-workflow.ts'

/** How long whoever sends a command waits for the answer. Milliseconds. */
const ANSWER_MS = 15_000
/** How long Temporal's server has to take the signal. Milliseconds. */
const SIGNAL_MS = 10_000
/**
 * After which a command that is still waited for is written down as kept: whoever looks at the ticket
 * meanwhile, or loads the page anew, sees it.
 */
const SHOWN_MS = 2_000

/**
 * No worker has answered in time, or Temporal's server has not taken the command: it is kept and will
 * be done. When the ticket refuses it then, the history says so and whoever sent it is told.
 */
export class CommandKeptError extends Error {
  readonly code = 'command-kept'
  constructor(
    readonly ticketNumber: number,
    readonly commandId: string,
  ) {
    super('Guichet has kept this and will do it as soon as it can.')
  }
}

/** The command may have been taken, and could not be kept: nobody knows whether it will be done. */
export class CommandUndecidedError extends Error {
  readonly code = 'outcome-unknown'
  constructor(cause: unknown) {
    super('It is not known whether this was done. Look at the ticket before you try again.', {
      cause,
    })
  }
}

export interface Waiting {
  /** Milliseconds. */
  answerMs?: number
  /** Whoever waits is to end. */
  stop?: AbortSignal | undefined
}

/** What its sender knows of a command. */
export interface Sending {
  /** Nobody has sent this id before: there is no answer to look for. */
  isNew?: boolean
}

/** Sends one command to a ticket and says what became of it. */
export type ExecuteCommand = <N extends CommandName>(
  facts: StartFacts,
  name: N,
  command: Command<N>,
  sending?: Waiting & Sending,
) => Promise<CommandAnswer>

/**
 * Commands to tickets: each is a signal that starts the ticket's workflow when it is not running, and
 * is answered from the event log.
 */
export class TicketCommands {
  /** @param clock the one by which the ticket's workflow goes, in milliseconds since 1970. */
  constructor(
    readonly client: Client,
    readonly answers: CommandAnswers,
    private readonly waiting: Waiting = {},
    private readonly clock: () => number | Promise<number> = Date.now,
  ) {}

  /**
   * Sends a command and waits until its projection is written. The same id again is answered from
   * the log.
   * @throws CommandRejectedError with the rule's code and sentence; CommandKeptError;
   *   CommandUndecidedError when the database could not take what is to be kept.
   */
  async execute<N extends CommandName>(
    facts: StartFacts,
    name: N,
    command: Command<N>,
    { isNew, ...waiting }: Waiting & Sending = {},
  ): Promise<CommandAnswer> {
    const { answerMs = ANSWER_MS, stop } = { ...this.waiting, ...waiting }
    const begun = Date.now()
    // Before the waiting ends: whoever is told “kept” must not be held for one who was answered.
    const answerBy = Math.floor(((await this.clock()) + answerMs) / 1000) - 1
    const sent: Command<N> = { ...command, answerBy }
    const read = readCommand(name, sent)
    if ('code' in read) throw new CommandRejectedError(read.code, read.message, read.values)
    // Before it is sent: its answer may come sooner than Temporal's.
    const expected = await this.answers.expect(
      facts.number,
      command.id,
      isNew ? 'none' : 'carried-out',
    )
    let away: unknown
    try {
      const kept = new CommandKeptError(facts.number, command.id)
      return await this.shown(facts, name, sent, async () => {
        if (!expected.known) away = await this.untaken(facts, name, sent, answerMs)
        // What the server did not say it has taken it may have taken all the same.
        const left = away === undefined ? answerMs : answerMs - (Date.now() - begun)
        return inTime(expected.answer, left, stop, kept)
      })
    } catch (error) {
      if (error instanceof CommandKeptError)
        await keepCommand(this.answers.db, facts, name, sent, { due: away !== undefined }).catch(
          (unkept: unknown) => {
            throw new CommandUndecidedError(away ?? unkept)
          },
        )
      throw error
    } finally {
      expected.end()
    }
  }

  /**
   * Has Temporal's server take a command.
   * @returns why it did not, when it is away; undefined when it did.
   * @throws what it says against the command.
   */
  private async untaken<N extends CommandName>(
    facts: StartFacts,
    name: N,
    command: Command<N>,
    answerMs: number,
  ): Promise<unknown> {
    const ms = Math.min(SIGNAL_MS, Math.max(answerMs, SHOWN_MS))
    try {
      await this.client.withDeadline(Date.now() + ms, () =>
        signalTicket(this.client, facts, name, command),
      )
      return undefined
    } catch (error) {
      if (isServerAway(error)) return error
      throw error
    }
  }

  /** Waits for an answer; once that takes long, the command is written down until it comes. */
  private async shown<N extends CommandName>(
    facts: StartFacts,
    name: N,
    command: Command<N>,
    wait: () => Promise<CommandAnswer>,
  ): Promise<CommandAnswer> {
    const { db } = this.answers
    let written: Promise<void> | undefined
    const timer = setTimeout(() => {
      // It only shows that it waits: what is promised is written again, and must succeed.
      written = keepCommand(db, facts, name, command).catch(() => undefined)
    }, SHOWN_MS)
    const forget = (): void => {
      // Left behind, it is found answered and forgotten by `reconcile`.
      void written
        ?.then(() => forgetKeptCommands(db, facts.number, [command.id]))
        .catch(() => undefined)
    }
    try {
      const answer = await wait()
      forget()
      return answer
    } catch (error) {
      if (!(error instanceof CommandKeptError)) forget()
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  /**
   * Waits for what becomes of a command that somebody else sends: a ticket's workflow to another.
   * @throws CommandRejectedError, CommandKeptError
   */
  async answerTo(number: number, commandId: string, waiting: Waiting = {}): Promise<CommandAnswer> {
    const { answerMs = ANSWER_MS, stop } = { ...this.waiting, ...waiting }
    const expected = await this.answers.expect(number, commandId, 'any')
    try {
      return await inTime(expected.answer, answerMs, stop, new CommandKeptError(number, commandId))
    } finally {
      expected.end()
    }
  }
}

async function inTime<T>(
  answer: Promise<T>,
  ms: number,
  stop: AbortSignal | undefined,
  otherwise: Error,
): Promise<T> {
  const timeout = new AbortController()
  const timer = setTimeout(() => {
    timeout.abort()
  }, ms)
  const over = AbortSignal.any([timeout.signal, ...(stop ? [stop] : [])])
  try {
    return await Promise.race([
      answer,
      new Promise<never>((_, reject) => {
        const end = (): void => {
          reject(otherwise)
        }
        if (over.aborted) end()
        else over.addEventListener('abort', end, { once: true })
      }),
    ])
  } finally {
    clearTimeout(timer)
  }
}
