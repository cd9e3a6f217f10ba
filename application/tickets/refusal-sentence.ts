import {
  hasRefusalValues,
  type ProblemCode,
  problemCode,
  refusalValues,
} from '../../domain/problem-codes.ts'
import { NO_CUSTOM_LABELS, statusIn } from '../../languages/custom-labels.ts'
import type { Language } from '../../languages/language.ts'
import { say } from '../../languages/mail-words.ts'

/** Why something was refused: a code, what the sentence names, and a sentence for where no other is. */
export interface Refusal {
  code: string
  message: string
  values?: Readonly<Record<string, string | number>> | null | undefined
}

/**
 * A refusal in a language: with what it names, where that is known. Answers at once, histories and
 * mails say the same.
 * @param labels what admins call the statuses that it names.
 */
export function refusalIn(
  language: Language,
  { code: given, message, values }: Refusal,
  labels = NO_CUSTOM_LABELS,
): string {
  const { data: code } = problemCode.safeParse(given)
  if (!code) return message
  const named = namedIn(language, code, values, labels)
  return named ?? say(language, `problem.${code}`)
}

/** For programs: in English, with what it names; else as it was written. */
export const refusalInEnglish = (refusal: Refusal): string => {
  const { data: code } = problemCode.safeParse(refusal.code)
  return (code && namedIn('en', code, refusal.values)) ?? refusal.message
}

/** Only with all values: a sentence with a gap says less than a general one. */
function namedIn(
  language: Language,
  code: ProblemCode,
  values: Refusal['values'],
  labels = NO_CUSTOM_LABELS,
): string | undefined {
  if (!values || !hasRefusalValues(code)) return undefined
  const needed: readonly string[] = refusalValues[code]
  return needed.every((name) => name === 'context' || name in values)
    ? say(language, `refusal.${code}`, {
        ...values,
        ...('status' in values
          ? { status: statusIn(language, String(values['status']), labels) }
          : {}),
      })
    : undefined
}
