import type { Confirmation } from '../../domain/assets/contract.ts'

export interface ConfirmationRow extends Omit<
  Confirmation,
  'person' | 'expiresAt' | 'createdAt' | 'endedAt'
> {
  person_email: string
  person_name: string
  expires_at: Date
  created_at: Date
  ended_at: Date | null
}

/** On `confirmation c`. One whose time is over says so, also when its ticket was closed before. */
export const CONFIRMATION_COLUMNS = `c.id, c.ticket_number AS "ticketNumber", c.kind, c.person_email, c.person_name, c.text, c.assets, c.asked_by AS "askedBy",
  CASE WHEN c.state = 'asked' AND c.expires_at <= now() THEN 'expired' ELSE c.state END AS state, c.expires_at, c.created_at, c.ended_at, c.answered_from AS "answeredFrom", c.reason`

export const confirmationOf = ({
  person_email: email,
  person_name: name,
  expires_at,
  created_at,
  ended_at,
  ...row
}: ConfirmationRow): Confirmation => ({
  ...row,
  person: { email, name },
  expiresAt: expires_at.toISOString(),
  createdAt: created_at.toISOString(),
  endedAt: ended_at?.toISOString() ?? null,
})
