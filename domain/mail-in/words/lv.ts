import type { MailWords } from './mail-words.ts'

/** Latvian. */
export const lv: MailWords = { answer: ['atb'] }
