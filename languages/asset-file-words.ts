import { assetFileWords as lists } from './generated/asset-file-words.ts'
import { languages } from './language.ts'

/** Headings and statuses by which asset files are understood, of every language. */
export const assetFileWords = languages.map((language) => lists[language])
