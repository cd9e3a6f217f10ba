import type en from './en.json'

type Plural = 'zero' | 'one' | 'two' | 'few' | 'many' | 'other'
type Singular<K extends string> = K extends `${infer Name}_${Plural}` ? Name : K
type Paths<T> = {
  [K in keyof T & string]: T[K] extends string ? Singular<K> : `${K}.${Paths<T[K]>}`
}[keyof T & string]

/**
 * Every key of the catalogue; plural forms by their common name. A misspelt key does not compile.
 */
export type MessageKey = Paths<typeof en>
export type MessageValues = Record<string, string | number>
