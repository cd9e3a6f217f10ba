import { valuesOfRefusal } from '../../../domain/problem-codes.ts'
import { textFor } from './language.svelte.ts'

/**
 * Why something was refused, in the page's language: with what it names where that is known, in the
 * server's words where the language has none.
 */
export function refusalIn(data: { code?: unknown; message?: unknown; values?: unknown }): string {
  const { code, message } = data
  const { data: values } = valuesOfRefusal.safeParse(data.values)
  return (
    (values && textFor(`refusal.${String(code)}`, values)) ??
    textFor(`problem.${String(code)}`) ??
    (typeof message === 'string' ? message : '')
  )
}
