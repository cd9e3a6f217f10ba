/** The message that an outgoing one answers. */
export interface Answered {
  internetId: string
  references: readonly string[]
}

export interface ThreadHeaders {
  inReplyTo: string | null
  references: string[]
}

/**
 * Ids that References keeps: the root, by which old clients group, and the newest. Long lists are
 * cut by some servers, or refused.
 */
const MOST_REFERENCES = 20

/**
 * In-Reply-To and References (RFC 5322 section 3.6.4): the parent's References, then the parent
 * itself.
 * @param parent null for the first message of a conversation.
 */
export function threadHeaders(parent: Answered | null): ThreadHeaders {
  if (!parent) return { inReplyTo: null, references: [] }
  const ids = [
    ...new Set([...parent.references.filter((id) => id !== parent.internetId), parent.internetId]),
  ]
  const references =
    ids.length <= MOST_REFERENCES ? ids : [ids[0]!, ...ids.slice(1 - MOST_REFERENCES)]
  return { inReplyTo: parent.internetId, references }
}
