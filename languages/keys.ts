import type mail from './generated/en/mail.ts'
import type web from './generated/en/web.ts'

type Plural = 'zero' | 'one' | 'two' | 'few' | 'many' | 'other'
type Singular<K extends string> = K extends `${infer Name}_${Plural}` ? Name : K
type Paths<T> = {
  [K in keyof T & string]: T[K] extends string ? Singular<K> : `${K}.${Paths<T[K]>}`
}[keyof T & string]

/**
 * Every key of the web app's words; plural forms by their common name. A misspelt key does not
 * compile.
 */
export type MessageKey = Paths<typeof web>

/** Every key of what Guichet writes into mail. */
export type MailKey = Paths<typeof mail>

export type MessageValues = Record<string, string | number>
