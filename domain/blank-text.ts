/**
 * White space, control characters, and what Unicode has to join, part or direct others: zero width,
 * soft hyphens, fillers. The blank of Braille shows nothing either.
 */
const SHOWS_NOTHING = /^[\p{White_Space}\p{Cc}\p{Default_Ignorable_Code_Point}\u2800]*$/u

/** Does a text have nothing that a person sees? Then it is as good as empty. */
export const isBlank = (text: string): boolean => SHOWS_NOTHING.test(text)

/** The text; empty when it has nothing that a person sees. */
export const visibleOrEmpty = (text: string): string => (isBlank(text) ? '' : text)
