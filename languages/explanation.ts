import type { MailKey, MessageValues } from './keys.ts'
import type { Language } from './language.ts'
import { say } from './mail-words.ts'

type CodeOf<K> = K extends `said.${infer Code}` ? Code : never

/** What the server says, as domain/explanation.ts has it; a code without a text does not compile. */
export type Explained = string | readonly { code: CodeOf<MailKey>; values: MessageValues }[]

/** An explanation in a language; another system's own words as they are. */
export const explainedIn = (language: Language, explanation: Explained): string =>
  typeof explanation === 'string'
    ? explanation
    : explanation.map(({ code, values }) => say(language, `said.${code}`, values)).join(' ')

/** For programs, logs and operators. */
export const inEnglish = (explanation: Explained): string => explainedIn('en', explanation)

/** An answer that holds what the server says: for programs in English, for people as it is. */
export const explained = <E extends Explained>(
  explanation: E,
): { message: string; explanation: E } => ({ message: inEnglish(explanation), explanation })
