import { cut } from './cut.ts'
import { z } from 'zod'

/**
 * What the server may say by itself, and the values that each sentence needs. The sentences stand
 * in the catalogue of words, `said.<code>`, in every language.
 */
export const sentenceValues = {
  // Another system's own words, as they came.
  'server-said': ['reply'],
  'technical-cause': ['cause'],
  // On the way to a mail server.
  'name-not-found': ['host'],
  'imap-nothing-answers': ['server'],
  'smtp-nothing-answers': ['server'],
  'no-way-to-server': ['server'],
  'certificate-not-trusted': ['server'],
  'imap-encryption-not-offered': ['server'],
  'smtp-encryption-not-offered': ['server'],
  'imap-encryption-failed': ['server'],
  'smtp-encryption-failed': ['server'],
  'imap-says-nothing': ['server'],
  'imap-says-nothing-without-tls': ['server'],
  'smtp-busy': ['server'],
  'smtp-turns-away': ['server'],
  'smtp-not-spoken': ['server'],
  'imap-turns-away': ['server'],
  'imap-not-spoken': ['server'],
  'closed-at-once': ['server'],
  'no-answer-in-time': ['server'],
  'connection-lost': ['server'],
  'server-refused': ['server'],
  // Signing in there.
  'imap-sign-in-refused': ['server', 'user'],
  'smtp-sign-in-refused': ['server', 'user'],
  'imap-sign-in-unencrypted': ['server'],
  'imap-sign-in-unavailable': ['server'],
  'smtp-sign-in-unavailable': ['server'],
  'smtp-sign-in-not-offered': ['server'],
  'smtp-sign-in-not-possible': ['server'],
  'password-not-stored': ['user'],
  'secret-unreadable': [],
  'token-no-answer': ['provider', 'host'],
  'token-unreachable': ['provider', 'host'],
  'token-unavailable': ['provider'],
  'token-refused': ['provider'],
  // Its folders.
  'folder-missing': ['folder', 'host', 'user'],
  'folders-there': ['folders'],
  'folder-not-opened': ['folder', 'server'],
  'mailbox-watch-failed': [],
  // A connection was tested.
  'imap-signed-in': ['host', 'user'],
  'folder-holds': ['folder', 'count'],
  'receiver-takes-mail': [],
  'smtp-connected': ['server'],
  'smtp-signed-in': ['server', 'user'],
  'connection-not-encrypted': [],
  'test-mail-sent': ['to'],
  // A message on its way out.
  'kept-in-local-outbox': [],
  'no-sender-for-address': ['address'],
  'message-too-large': ['server'],
  'all-recipients-refused': ['recipients'],
  'recipients-refused': ['recipients'],
  'recipients-refused-earlier': ['recipients'],
  'recipients-put-off': ['recipients'],
  'no-answer-after-sending': ['server'],
  'connection-lost-after-sending': ['server'],
  'worker-ended-after-sending': [],
  'may-have-arrived': [],
  'sent-twice': [],
  'not-delivered': [],
  // A mail in quarantine.
  'mail-not-handed-over': ['uid'],
  'mail-too-large': ['megabytes', 'limit'],
  'mail-header-kept': [],
  'mail-empty': [],
  'mail-unreadable': [],
  'mail-not-routed': [],
  'mail-source-missing': [],
  // An alert on its way out.
  'alert-without-sender': [],
  'webhook-without-secret': [],
  'webhook-unreachable': ['host'],
  'webhook-refused': ['host', 'status'],
  'webhook-took-test': [],
} as const satisfies Record<string, readonly string[]>

export type SentenceCode = keyof typeof sentenceValues

export const sentence = z
  .object({
    code: z.enum(Object.keys(sentenceValues) as [SentenceCode, ...SentenceCode[]]),
    values: z.record(z.string(), z.union([z.string(), z.number()])),
  })
  .meta({ id: 'Sentence' })

/** One sentence in no language. */
export type Sentence = z.infer<typeof sentence>

/**
 * Why something is as it is: sentences of ours, or a text as somebody else wrote it (a mail server's
 * reply, a bounce's diagnostic).
 */
export const explanation = z.union([z.string(), z.array(sentence)]).meta({ id: 'Explanation' })
export type Explanation = z.infer<typeof explanation>

type ValuesOf<C extends SentenceCode> = Record<(typeof sentenceValues)[C][number], string | number>

/** A sentence; a code without its values does not compile. */
export const sentenceOf = <C extends SentenceCode>(
  code: C,
  ...[values]: [] extends (typeof sentenceValues)[C] ? [] : [ValuesOf<C>]
): Sentence => ({ code, values: values ?? {} })

/** @returns another system's own words as a sentence; nothing when it said none. */
export const inTheirWords = (reply: string): Sentence[] =>
  reply === '' ? [] : [sentenceOf('server-said', { reply })]

/** @returns what a library or the system below says, for whoever has to look into it. */
export const technically = (cause: string): Sentence[] =>
  cause === '' ? [] : [sentenceOf('technical-cause', { cause })]

/**
 * @param most characters of a text; of sentences, of each value.
 * @returns an explanation that a history can carry.
 */
export const shortened = (full: Explanation, most: number): Explanation =>
  typeof full === 'string'
    ? cut(full, most)
    : full.map(({ code, values }) => ({
        code,
        values: Object.fromEntries(
          Object.entries(values).map(([name, value]) => [
            name,
            typeof value === 'string' ? cut(value, most) : value,
          ]),
        ),
      }))
