import type { z } from 'zod'
import { valuesOfRefusal } from '../../../domain/problem-codes.ts'
import { textFor } from './language.svelte.ts'

interface Refusal {
  code?: unknown
  values?: unknown
}

/**
 * Why something was refused, in the page's language: with what it names, where that is known.
 * @returns undefined when the language has no words for it.
 */
export function refusalSentence({ code, values: given }: Refusal): string | undefined {
  const { data: values } = valuesOfRefusal.safeParse(given)
  return (
    (values && textFor(`refusal.${String(code)}`, called(values))) ??
    textFor(`problem.${String(code)}`) ??
    undefined
  )
}

/** A status as admins call it. */
const called = (values: z.infer<typeof valuesOfRefusal>): typeof values =>
  'status' in values
    ? { ...values, status: textFor(`status.${values['status']}`) ?? values['status']! }
    : values

/** The same, in the server's words where the language has none. */
export const refusalIn = (refusal: Refusal & { message?: unknown }): string =>
  refusalSentence(refusal) ?? (typeof refusal.message === 'string' ? refusal.message : '')
