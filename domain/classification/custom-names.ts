import { z } from 'zod'
import { singleLine } from '../single-line.ts'
import { type Language, languages } from '../../languages/language.ts'

const name = singleLine(60).default('')

/**
 * A name that admins give, in each language of the web app; empty where they give none, also where
 * it was given before there was that language.
 */
export const customNames = z.object(
  Object.fromEntries(languages.map((language) => [language, name])) as Record<
    Language,
    typeof name
  >,
)
export type CustomNames = z.infer<typeof customNames>

/** @returns true when there is a name in some language. */
export const isNamed = (names: CustomNames): boolean => anyName(names) !== ''

/** @returns the name in the first language that has one; empty when none has. */
export const anyName = (names: CustomNames): string =>
  languages.map((language) => names[language]).find((one) => one) ?? ''
