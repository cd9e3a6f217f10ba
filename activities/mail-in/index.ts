import { environment } from '../../platform/config/environment.ts'
import type { MailboxActivities } from '../../workflows/mailbox/activities.ts'
import { prepareAcknowledgement } from '../mail-out/acknowledge.ts'
import { CommandSender } from './ledger/command-sender.ts'
import type { MailInDependencies } from './dependencies.ts'
import { watchMailbox } from './imap/watch.ts'
import { MailIntake } from './ledger/intake.ts'
import { withHeartbeats } from './imap/heartbeat.ts'
import { parseMail } from './mime/parse.ts'
import { reconcileMailbox } from './imap/reconcile.ts'
import { type UnsettledPoller, startUnsettledPoller } from './ledger/resend-unsettled.ts'
import { type SmtpReceiver, type SmtpReceiverOptions, startSmtpReceiver } from './smtp-receiver.ts'

/**
 * Everything of a process that takes mail in, over one intake: routing order and memory bounds hold
 * for all of it together.
 */
export interface MailIn {
  activities: MailboxActivities
  startReceiver: (options: SmtpReceiverOptions) => Promise<SmtpReceiver>
  startUnsettledPoller: () => UnsettledPoller
  /**
   * Ends this process's watches, which another worker takes up. To be called once this one takes no
   * more tasks.
   */
  endWatches: () => void
}

/** @param deps the process's database, blob store, Temporal client and secret key. */
export function mailIn({
  db,
  blobs,
  client,
  secretKey,
  defaultFrom = environment.defaultFrom,
  log,
}: MailInDependencies): MailIn {
  const { pool } = db
  const intake = new MailIntake(
    { pool, blobs, parseMail, prepareAcknowledgement, secretKey, defaultFrom, log },
    new CommandSender(client, log),
  )
  const watching = { pool, intake, secretKey, log }
  const closing = new AbortController()
  return {
    activities: {
      watchMailbox: ({ mailboxId }) =>
        withHeartbeats(closing.signal, (signal) => watchMailbox(watching, mailboxId, signal)),
      reconcileMailbox: ({ mailboxId }) =>
        withHeartbeats(closing.signal, (signal) => reconcileMailbox(watching, mailboxId, signal)),
      retryQuarantined: ({ mailId }) => intake.retryQuarantined(mailId),
    },
    startReceiver: (options) => startSmtpReceiver({ pool, intake, log }, options),
    startUnsettledPoller: () => startUnsettledPoller(pool, intake, log),
    endWatches: () => {
      closing.abort()
    },
  }
}
