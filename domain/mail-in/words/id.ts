import type { MailWords } from './mail-words.ts'

/** Indonesian. */
export const id: MailWords = { answer: ['bls'] }
