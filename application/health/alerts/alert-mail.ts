import MailComposer from 'nodemailer/lib/mail-composer'
import { timeOrderedId } from '../../../platform/postgres/time-ordered-id.ts'
import type { SmtpTimeouts } from '../../../platform/smtp/account.ts'
import { smtpFailure } from '../../../platform/smtp/failure.ts'
import { newInternetId } from '../../../platform/smtp/message-id.ts'
import { openSmtp } from '../../../platform/smtp/transport.ts'
import type { AutomaticSender } from '../../mail-out/senders.ts'
import { AlertFailure } from './alert-failure.ts'

/** An alert that has not left by then is tried again. */
const timeouts: SmtpTimeouts = { connect: 5_000, greeting: 15_000, step: 15_000, answer: 60_000 }

/**
 * Sends one mail to everybody who is to be told; machine made (RFC 3834 section 5).
 * @throws AlertFailure
 */
export async function sendAlertMail(
  { account, from }: AutomaticSender,
  to: readonly string[],
  { subject, text }: { subject: string; text: string },
): Promise<void> {
  const raw = await new MailComposer({
    messageId: `<${newInternetId(timeOrderedId(), from)}>`,
    from: { address: from.address, name: from.name || 'Guichet' },
    to: [...to],
    subject,
    text,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    newline: 'win',
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build()
  try {
    const session = await openSmtp(account, timeouts)
    try {
      await session.send({ from: from.address, to }, raw)
    } finally {
      session.quit()
    }
  } catch (error) {
    throw new AlertFailure(smtpFailure(error, 'connect', account).explanation)
  }
}
