import type { z } from 'zod'
import type { Asked } from './asked.ts'
import type { Fact } from './events.ts'
import type { Premise } from './premises.ts'
import type { ProblemCode, refusalValues, RefusalWithValues } from './problem-codes.ts'
import type { Ticket } from './ticket.ts'
import type { Actor } from './vocabulary.ts'

/** Why a command cannot be carried out: a code for programs, a sentence for people. */
export interface Rejection {
  code: ProblemCode
  message: string
  /** What the message names, for its sentence in other languages. */
  values?: RefusalValues
}

export type RefusalValues = Record<string, string | number>

type ValuesOf<C extends RefusalWithValues> = Record<
  (typeof refusalValues)[C][number],
  string | number
>

/** What a decision may look at besides ticket and payload. */
export interface Circumstances {
  actor: Actor
  /** ISO time, the workflow's clock. */
  now: string
  /** Until when somebody waits for the answer, in seconds since 1970. */
  answerBy?: number | undefined
  /** Whether something that had to hold when the command was sent is known not to hold any more. */
  isUntrue: (premise: Premise) => boolean
  /** What follows from several commands one after another: of all of them, or why of none. */
  inTurn: (steps: readonly CommandStep[]) => Fact[] | Rejection
}

/** One of several commands that are decided as one. */
export interface CommandStep {
  name: string
  payload: unknown
  /** A refusal leaves it out, and the others are done. */
  optional?: boolean | undefined
  /** Guichet asks it by itself, following from the steps before it. */
  bySystem?: boolean | undefined
}

/** One row of the table of commands. */
export interface CommandRule<S extends z.ZodType> {
  payload: S
  /** The right that the API asks of the person for it: domain/permissions.ts. */
  right: 'ticket.read' | 'ticket.work' | 'approval.decide' | 'system'
  /**
   * Pure: what it asks, for people who are told that it is kept, or refused later: by whom it may be
   * sent says whether there is anybody to tell.
   */
  asks?: (ticket: Ticket, payload: z.infer<S>) => Asked[]
  /** Pure: the facts that follow, none when nothing changes, or why it may not be. */
  decide: (ticket: Ticket, payload: z.infer<S>, circumstances: Circumstances) => Fact[] | Rejection
  /**
   * Pure: the facts that a refusal is itself, where it means something to people besides the one
   * who sent the command. They carry `code` and `message`. Without any a refusal is a short-lived
   * outcome for whoever waits for it, and a line of the history when nobody does; null: it is that
   * outcome alone, because what was asked is so already.
   */
  refused?: (ticket: Ticket, payload: z.infer<S>, rejection: Rejection) => Fact[] | null
}

/** Keeps a row's payload type and its decision matched by the compiler. */
export const rule = <S extends z.ZodType>(row: CommandRule<S>): CommandRule<S> => row

/** A refusal; a code without its values does not compile. */
export const reject = <C extends ProblemCode>(
  code: C,
  message: string,
  ...[values]: C extends RefusalWithValues ? [ValuesOf<C>] : []
): Rejection => ({ code, message, ...(values ? { values } : {}) })

export const isRejection = (outcome: Fact[] | Rejection): outcome is Rejection =>
  !Array.isArray(outcome)
