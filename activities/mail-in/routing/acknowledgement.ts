import type { CommandPayload } from '../../../domain/commands.ts'
import type { Database } from '../../../platform/postgres/database.ts'
import type { prepareAcknowledgement } from '../../mail-out/acknowledge.ts'
import type { RoutedMail } from './routed-mail.ts'
import type { SecretKeys } from '../../../platform/secrets/secret-keys.ts'

export interface AcknowledgementDependencies {
  /** Writes the message; null where nothing is ever acknowledged. */
  prepareAcknowledgement: typeof prepareAcknowledgement | null
  secretKeys: SecretKeys
  defaultFrom: string
}

/**
 * Writes the acknowledgement that was decided for a mail. To be called in the routing transaction,
 * once the message that is answered is written.
 * @returns what the ticket's command carries of it; undefined when there is none.
 */
export async function writeAcknowledgement(
  deps: AcknowledgementDependencies,
  db: Database,
  { candidate: { mail }, decision, ticketNumber }: RoutedMail,
): Promise<CommandPayload<'mailReceived'>['acknowledgement']> {
  if (!deps.prepareAcknowledgement || ticketNumber === null) return undefined
  if (decision.kind !== 'join' && decision.kind !== 'open') return undefined
  const mailbox = decision.kind === 'open' ? decision.mailbox : decision.overtaken
  if (!mailbox || !decision.acknowledgement) return undefined
  return deps.prepareAcknowledgement(
    db,
    {
      ticketNumber,
      departmentId: mailbox.departmentId,
      ...decision.acknowledgement,
      subject: mail.subject,
      inReplyTo: mail.internetId,
      references: mail.references,
    },
    deps,
  )
}
