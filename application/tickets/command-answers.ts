import type { RefusalValues } from '../../domain/command-rule.ts'
import type { ProblemCode } from '../../domain/problem-codes.ts'
import { UNWRITABLE } from '../../domain/tickets/unwritten-command.ts'
import { refusalTypes } from '../../domain/events.ts'
import { commandAnswers, commandAnswersBeforeSending } from './command-answers.statement.ts'
import { readAnswerNotification } from './answer-notification.ts'
import type { Database } from '../../platform/postgres/database.ts'
import type { ListenConnection } from '../../platform/postgres/listen-connection.ts'
import { runStatement } from '../../platform/postgres/run-statement.ts'

/** What became of a command that was carried out. */
export interface CommandAnswer {
  /** The ticket's, with what the command changed. */
  version: number
}

/** The ticket refused: a code for programs, a sentence for people. */
export class CommandRejectedError extends Error {
  constructor(
    readonly code: ProblemCode,
    message: string,
    /** What the sentence names, for other languages. */
    readonly values?: RefusalValues | undefined,
  ) {
    super(message)
  }
}

/**
 * Whether what was written down for a command is needed no more: it was refused, and nobody can have
 * it tried again.
 */
export const isRefusedForGood = (error: unknown): boolean =>
  error instanceof CommandRejectedError && error.code !== UNWRITABLE

/** Where commands' answers are told. */
export const ANSWER_CHANNELS = ['ticket', 'command'] as const

/**
 * Milliseconds after which a waiter looks for itself: a notification may have been said while
 * nobody listened.
 */
const LOOK = { first: 1_000, unheard: 100, most: 5_000, growth: 1.5 }

type Answer = CommandAnswer | CommandRejectedError

/** @returns what became of a command; undefined while that is not known. */
export const answerOf = async (
  db: Database,
  number: number,
  commandId: string,
): Promise<Answer | undefined> =>
  (await readAnswers(db, [{ number, commandId }], commandAnswers)).get(keyOf({ number, commandId }))

/** @returns those of which it is known what became of them. */
export async function answered<Asked extends CommandOf>(
  db: Database,
  commands: readonly Asked[],
): Promise<Asked[]> {
  const known = await readAnswers(db, commands, commandAnswers)
  return commands.filter((command) => known.has(keyOf(command)))
}

interface CommandOf {
  number: number
  commandId: string
}

interface Waiter extends CommandOf {
  settle: (answer: Answer) => void
}

/**
 * Answers to commands, by their ids, from the event log: the projection's notification names the
 * commands that it wrote. One that is lost is made up by reading.
 */
export class CommandAnswers {
  readonly #waiters = new Map<string, Set<Waiter>>()
  #listening: Promise<() => void> | undefined

  constructor(
    readonly db: Database,
    private readonly connection: ListenConnection,
  ) {}

  /**
   * Begins to wait; to be called before the command is sent.
   * @param earlier which answers count that are there already. Of the same id sent again a refusal
   *   does not, because whoever sends it again means it; of a new id the log is not asked.
   * @returns the answer, given once it is there, and how to wait no longer.
   * @throws what the database says when it is away.
   */
  async expect(
    number: number,
    commandId: string,
    earlier: 'any' | 'carried-out' | 'none',
  ): Promise<{ answer: Promise<CommandAnswer>; known: boolean; end: () => void }> {
    await this.#listen()
    let known = false
    let look: NodeJS.Timeout | undefined
    let settle: Waiter['settle'] = () => undefined
    const answer = new Promise<CommandAnswer>((resolve, reject) => {
      settle = (given) => {
        known = true
        if (given instanceof Error) reject(given)
        else resolve(given)
      }
    })
    // Whoever waited may be gone before it comes.
    answer.catch(() => undefined)
    const waiter: Waiter = { number, commandId, settle }
    this.#add(waiter)
    const end = (): void => {
      clearTimeout(look)
      this.#remove(waiter)
    }
    const lookAgain = (delay: number): void => {
      look = setTimeout(() => {
        void this.#look([waiter])
          .catch(() => undefined)
          .then(() => {
            if (!known && this.#has(waiter)) lookAgain(Math.min(delay * LOOK.growth, LOOK.most))
          })
      }, delay)
    }
    try {
      if (earlier !== 'none')
        await this.#look([waiter], earlier === 'any' ? commandAnswers : commandAnswersBeforeSending)
    } catch (error) {
      end()
      throw error
    }
    if (!known) lookAgain(this.connection.connected ? LOOK.first : LOOK.unheard)
    return { answer, known, end }
  }

  /** Listens no longer: the process stops. */
  async close(): Promise<void> {
    const stop = await this.#listening
    this.#listening = undefined
    stop?.()
  }

  async #listen(): Promise<void> {
    await (this.#listening ??= this.connection.listen({
      heard: (_channel, payload) => {
        this.#take(payload)
      },
      regained: () => {
        void this.#look(this.#all()).catch(() => undefined)
      },
    }))
  }

  #take(payload: string): void {
    if (this.#waiters.size === 0) return
    const said = readAnswerNotification(payload)
    if (!said) return
    for (const [commandId, version] of said.commands)
      for (const waiter of this.#waitersFor(commandId, said.number)) waiter.settle({ version })
    const unsure = said.more
      ? this.#all().filter(({ number }) => number === said.number)
      : said.outcomes.flatMap((id) => this.#waitersFor(id, said.number))
    if (unsure.length > 0) void this.#look(unsure).catch(() => undefined)
  }

  async #look(waiters: readonly Waiter[], statement = commandAnswers): Promise<void> {
    if (waiters.length === 0) return
    const found = await readAnswers(this.db, waiters, statement)
    for (const waiter of waiters) {
      const answer = found.get(keyOf(waiter))
      if (answer) waiter.settle(answer)
    }
  }

  #add(waiter: Waiter): void {
    const same = this.#waiters.get(waiter.commandId)
    if (same) same.add(waiter)
    else this.#waiters.set(waiter.commandId, new Set([waiter]))
  }

  #remove(waiter: Waiter): void {
    const same = this.#waiters.get(waiter.commandId)
    same?.delete(waiter)
    if (same?.size === 0) this.#waiters.delete(waiter.commandId)
  }

  #has = (waiter: Waiter): boolean => this.#waiters.get(waiter.commandId)?.has(waiter) === true

  #all = (): Waiter[] => [...this.#waiters.values()].flatMap((same) => [...same])

  /** A command's id is its ticket's own: two tickets may have a command of the same id. */
  #waitersFor = (commandId: string, number: number): Waiter[] =>
    [...(this.#waiters.get(commandId) ?? [])].filter((waiter) => waiter.number === number)
}

const keyOf = ({ number, commandId }: CommandOf): string => `${number} ${commandId}`

async function readAnswers(
  db: Database,
  waiters: readonly CommandOf[],
  statement: typeof commandAnswers,
): Promise<Map<string, Answer>> {
  const rows = await runStatement(db, statement, [
    waiters.map(({ number }) => number),
    waiters.map(({ commandId }) => commandId),
    refusalTypes,
  ])
  return new Map(
    rows.map(({ number, id, version, code, message, values }): [string, Answer] => [
      keyOf({ number, commandId: id }),
      code === null
        ? { version }
        : new CommandRejectedError(code, message ?? '', values ?? undefined),
    ]),
  )
}
