/** More words find nothing that these did not. */
const MOST_WORDS = 10

/** The words of a search, each of which has to be found. */
export const searchWords = (q = ''): string[] => q.split(/\s+/).filter(Boolean).slice(0, MOST_WORDS)

/** A word of a search as a pattern of LIKE. */
export const containing = (word: string): string => `%${word.replace(/[\\%_]/g, '\\$&')}%`
