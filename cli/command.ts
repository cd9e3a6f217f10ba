import type { ParseArgsConfig } from 'node:util'

export type Options = NonNullable<ParseArgsConfig['options']>

/** What was written on the command line: options by name, and the words beside them. */
export interface Given {
  options: Readonly<Record<string, string | boolean | string[] | undefined>>
  words: readonly string[]
}

/** A thing that an operator does from the command line. */
export interface Command {
  /** One line. */
  summary: string
  /** What follows the name; several lines where there are several ways. */
  usage: string
  /** For node:util's parseArgs. */
  options: Options
  /** @returns the exit code. */
  run: (given: Given) => Promise<number>
}

/** A command that was written wrongly. */
export class UsageError extends Error {
  readonly code = 'usage'
}

/** Does not go to stdout where that carries the result itself. */
export const tell = (line: string): void => void process.stderr.write(`${line}\n`)

/** The result, for people and for pipes. */
export const print = (line: string): void => void process.stdout.write(`${line}\n`)

/** The text of an option; undefined where it was not given. */
export function textOf(given: Given, name: string): string | undefined {
  const value = given.options[name]
  return typeof value === 'string' ? value : undefined
}

/** Whether a switch was given. */
export const isOn = (given: Given, name: string): boolean => given.options[name] === true

/** @throws UsageError unless there is exactly this many words. */
export function wordsOf(given: Given, ...names: string[]): string[] {
  if (given.words.length !== names.length)
    throw new UsageError(
      names.length === 0
        ? `"${given.words[0]}" is not understood.`
        : `Expected: ${names.join(' ')}.`,
    )
  return [...given.words]
}
