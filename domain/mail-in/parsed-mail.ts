/**
 * A mail after parsing (RFC 5322, RFC 2045–2049): what the rules of domain/mail-in and the routing
 * look at.
 */
export interface ParsedMail {
  /**
   * Message-ID without angle brackets; null when the mail has none (an empty id never matches
   * anything).
   */
  internetId: string | null
  /**
   * Ids of In-Reply-To, then of References in their order (root first), without angle brackets, no
   * duplicates.
   */
  inReplyTo: string[]
  references: string[]
  from: MailAddress | null
  replyTo: MailAddress[]
  to: MailAddress[]
  cc: MailAddress[]
  subject: string
  /** ISO 8601 UTC; null when absent or unreadable. */
  date: string | null
  /** Header fields in order, names lower case, values unfolded and decoded. */
  headers: HeaderField[]
  /**
   * The whole plain text (from text/plain, else made from the HTML), and the part the writer wrote
   * now.
   */
  text: string
  textVisible: string
  /**
   * Sanitised HTML, whole, quoted text and signature folded; null when the mail has none. Inline
   * images as src="cid:…".
   */
  html: string | null
  htmlFolded: boolean
  attachments: ParsedAttachment[]
  /** RFC 3464 or a recognised older bounce; null for all other mail. */
  report: DeliveryReport | null
  automatic: AutomaticVerdict
  /** The original sender found in a mail that a person forwarded by hand. */
  forwarded: ForwardedOriginal | null
  /**
   * signed | encrypted | calendar | tnef | partial | truncated | bounded | addressesCut |
   * unauthenticated … shown
   * with the message.
   */
  flags: string[]
  /** From the receiving server's Authentication-Results; absent where nobody looked. */
  senderAuthentication?: 'pass' | 'fail' | 'none'
}

export interface MailAddress {
  /** Lower case. */
  address: string
  name: string
}

export interface HeaderField {
  name: string
  value: string
}

export interface ParsedAttachment {
  filename: string
  contentType: string
  /** Without angle brackets. */
  contentId: string | null
  inline: boolean
  content: Uint8Array
}

export interface DeliveryReport {
  /** Message-ID of ours that it speaks of, from the returned headers; null when not returned. */
  originalInternetId: string | null
  recipients: {
    address: string
    action: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded'
    status: string
    diagnostic: string
  }[]
  /**
   * From the returned header, when there is one: who wrote the mail, to whom, where answers were to
   * go, its subject.
   */
  original?: { from: string; to: string[]; replyTo: string; returnPath: string; subject: string }
}

export interface AutomaticVerdict {
  /** A machine wrote it. */
  automatic: boolean
  /** RFC 3834 section 2 lets us answer it automatically. */
  mayAnswer: boolean
  /** The header or fact that decided, for the history; null for a person's mail. */
  reason: string | null
  /**
   * Our own mail came back to us: from one of our addresses or with our mark. A ticket of it would
   * answer itself for ever.
   */
  ownLoop?: boolean
}

export interface ForwardedOriginal {
  from: MailAddress
  subject: string | null
  /** As it was written, in whatever language. */
  date: string | null
}
