import type { Kept, Problem } from '../../../domain/contract.ts'
import { outcomeOf } from '../../../domain/outcome.ts'
import { numberText } from '../language/amounts.ts'
import { refusalSentence } from '../language/refusal.ts'
import { t, textFor } from '../language/language.svelte.ts'

/** What went wrong with a request: the server's problem+json, or no answer at all (`status` 0). */
export class ApiError extends Error {
  override name = 'ApiError'
  readonly status: number
  readonly code: string
  readonly fields: NonNullable<Problem['errors']>
  /** What the refusal names: a task, a number. */
  readonly values: unknown
  /** Null: it is not kept. */
  readonly kept: Kept | null

  constructor(
    problem: Pick<Problem, 'status' | 'code' | 'detail'> & Partial<Problem> & { values?: unknown },
    kept: Kept | null = null,
  ) {
    super(problem.detail)
    this.status = problem.status
    this.code = problem.code
    this.fields = problem.errors ?? []
    this.values = problem.values
    this.kept = kept
  }

  /**
   * The message at a field, by its JSON pointer (`/imap/host`), in the page's language: what the field
   * itself wants, else what is wrong with it.
   */
  at(pointer: string): string | undefined {
    const found = this.fields.find((field) => field.pointer === pointer)
    if (!found) return undefined
    const ofAll = found.message === this.message && refusalSentence(this)
    if (ofAll) return ofAll
    const name =
      pointer
        .split('/')
        .filter((part) => !/^\d+$/.test(part))
        .at(-1) ?? ''
    return (
      textFor(`fieldError.${name}`) ??
      textFor(`fieldError.${found.code ?? 'invalid'}`, written(found.values)) ??
      t('fieldError.invalid')
    )
  }

  /** Errors that no shown field can carry. */
  besides(pointers: readonly string[]): string[] {
    return this.fields
      .filter((field) => !pointers.includes(field.pointer))
      .map(({ pointer }) =>
        t('fieldError.elsewhere', { field: pointer.slice(1), text: this.at(pointer) ?? '' }),
      )
  }
}

/** Numbers as the page's language writes them. */
const written = (values: NonNullable<Problem['errors']>[number]['values'] = {}) =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'number' ? numberText(value) : value,
    ]),
  )

/** What was asked is kept by Temporal and will be done, as soon as a worker is there again. */
export const isKept = (error: unknown): boolean =>
  error instanceof ApiError && error.code === 'command-kept'

/** What a person is told about an error. */
export function inWords(error: unknown): string {
  if (!(error instanceof ApiError)) return t('problem.unknown')
  const [field] = error.fields
  return refusalSentence(error) ?? (field && error.at(field.pointer)) ?? t('problem.unknown')
}

/** Trying again can help: no answer, too many requests, or the server's own trouble. */
export const isPassing = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status >= 500)

/** After such an answer nobody knows whether what was asked is done. */
export const isUncertain = (error: unknown): boolean =>
  error instanceof ApiError && outcomeOf(error.status, error.code) === 'unknown'

/**
 * The problem that an answer tells of.
 * @param text its content; that of a proxy tells nothing.
 */
export function problemOf(status: number, text: string): ApiError {
  try {
    const problem = JSON.parse(text) as Problem | Kept
    if (typeof problem.code === 'string')
      return new ApiError({ ...problem, status }, 'accepted' in problem ? problem : null)
  } catch {
    /* not ours: a proxy's page, or nothing */
  }
  return new ApiError({
    status,
    code: status >= 500 ? 'server-trouble' : `http-${status}`,
    detail: '',
  })
}
