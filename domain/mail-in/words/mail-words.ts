/** Fields of the header block that mail programs put above a quoted or forwarded mail. */
export type HeaderLabel = 'from' | 'date' | 'to' | 'cc' | 'subject'

/**
 * The words of one language by which mail is understood, all in lower case. `…` stands for
 * whatever may be between two words. What a language does not have is left out.
 */
export interface MailWords {
  /** What stands before the colon in the header block above a quoted or forwarded mail. */
  labels?: Partial<Record<HeaderLabel, readonly string[]>>
  /** Between the dashes above an answered mail: `-----Original Message-----`. */
  original?: readonly string[]
  /** Between the dashes above a forwarded mail. */
  forwarded?: readonly string[]
  /** Apple's sentence above one, without dashes. */
  beginsForwarded?: readonly string[]
  /** Verbs of attribution: "On Monday Anna wrote:". */
  wrote?: readonly string[]
  /** With what an attribution begins, before its date. */
  on?: readonly string[]
  /** With what it may begin where it is wrapped. */
  mayBegin?: readonly string[]
  /** Stands in it before the name: "used by", "at", the first half of a verb. */
  beforeName?: readonly string[]
  /** How the lines begin that phones and mail programs add below every mail. */
  program?: readonly string[]
  /** Such lines as a whole. */
  programWhole?: readonly string[]
  /** Before the colon in the subject of an answer. */
  answer?: readonly string[]
  /** Before the colon in the subject of a forwarded mail. */
  forward?: readonly string[]
  /** What Outlook, Lotus and others put first in the subject of an absence notice. */
  absence?: readonly string[]
  /** Of which addresses that nobody reads are made: no-reply, ne-pas-repondre. */
  noReply?: { no: readonly string[]; reply: readonly string[] }
  bounce?: BounceWords
  thanks?: ThanksWords
}

/** How mail systems that keep to no standard say that a mail did not arrive. */
export interface BounceWords {
  /** Anywhere in the subject. */
  subject?: readonly string[]
  /** Anywhere in the text. */
  text?: readonly string[]
  /** In the subject when the system still tries. */
  delay?: readonly string[]
  /** Old Exchange: what the text begins with, and what follows. */
  yourMessage?: readonly string[]
  didNotArrive?: readonly string[]
  /** In the line above the returned mail: after dashes, or anywhere. */
  ruledAbove?: readonly string[]
  above?: readonly string[]
}

/**
 * Words of which a mere "thank you" consists. Without accents and punctuation, as they are
 * compared.
 */
export interface ThanksWords {
  thanks: readonly string[]
  /** What may follow them, any number: "so much", "again". */
  more?: readonly string[]
  /** "It works", and what may follow: "now". */
  works?: readonly string[]
  nowAgain?: readonly string[]
  /** "For your quick help". */
  forHelp?: {
    for: readonly string[]
    your: readonly string[]
    quick?: readonly string[]
    help: readonly string[]
  }
  /** What may stand around it and says nothing of its own: greetings, closings, "perfect". */
  around: readonly string[]
  /** "Hi Sam," and what may stand before the name. */
  salutation: readonly string[]
  title: readonly string[]
}
