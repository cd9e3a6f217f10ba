import { environment } from '../../platform/config/environment.ts'
import type { ReconcileActivities } from '../../workflows/reconcile/activities.ts'
import type { MailboxActivities } from '../../workflows/mailbox/activities.ts'
import { prepareAcknowledgement } from '../mail-out/acknowledge.ts'
import { Backlog } from './ledger/backlog.ts'
import { CommandSender } from './ledger/command-sender.ts'
import type { MailInDependencies } from './dependencies.ts'
import { watchMailbox } from './imap/watch.ts'
import { MailIntake } from './ledger/intake.ts'
import { withHeartbeats } from './imap/heartbeat.ts'
import { Pace } from './ledger/pace.ts'
import { parseMail } from './mime/parse.ts'
import { reconcileMailbox } from './imap/reconcile.ts'
import { LEFT_BEHIND, resendUnsettled } from './ledger/resend-unsettled.ts'
import { type SmtpReceiver, type SmtpReceiverOptions, startSmtpReceiver } from './smtp-receiver.ts'

/**
 * Everything of a process that takes mail in, over one intake: routing order and memory bounds hold
 * for all of it together.
 */
export interface MailIn {
  activities: MailboxActivities & MailReconciliationActivities
  startReceiver: (options: SmtpReceiverOptions) => Promise<SmtpReceiver>
  /**
   * Ends this process's watches, which another worker takes up. To be called once this one takes no
   * more tasks.
   */
  endWatches: () => void
  /** Resolves when what this process has in hand has left it. */
  settled: () => Promise<void>
}

type MailReconciliationActivities = Pick<
  ReconcileActivities,
  'routeLeftBehindMail' | 'resendUnsettledMail'
>

/** @param deps the process's database, blob store, Temporal client and secret key. */
export function mailIn({
  db,
  blobs,
  client,
  secretKeys,
  defaultFrom = environment.defaultFrom,
  listening,
  log,
}: MailInDependencies): MailIn {
  const pace = new Pace(() => listening.connected)
  const ear = listening.listen({
    heard: (_channel, payload) => {
      pace.heard(payload)
    },
  })
  const intake = new MailIntake(
    { db, blobs, parseMail, prepareAcknowledgement, secretKeys, defaultFrom, log },
    new CommandSender(client, log, pace),
  )
  const watching = { db, intake, secretKeys, log }
  const closing = new AbortController()
  return {
    activities: {
      watchMailbox: ({ mailboxId }) =>
        withHeartbeats(closing.signal, (signal) => {
          // It may be taken over from a worker that died with mail in hand.
          void intake
            .routeLeftBehind(LEFT_BEHIND, () => signal.aborted)
            .catch((error: unknown) => {
              log.warn({ error: String(error) }, 'mail left behind could not be routed now')
            })
          return watchMailbox(watching, mailboxId, signal)
        }),
      reconcileMailbox: ({ mailboxId }) =>
        withHeartbeats(closing.signal, (signal) => reconcileMailbox(watching, mailboxId, signal)),
      retryQuarantined: ({ mailId }) => intake.retryQuarantined(mailId),
      routeLeftBehindMail: ({ atStart }) =>
        withHeartbeats(closing.signal, (signal) =>
          intake.routeLeftBehind(atStart ? 0 : LEFT_BEHIND, () => signal.aborted),
        ),
      resendUnsettledMail: ({ atStart }) =>
        withHeartbeats(closing.signal, (signal) =>
          resendUnsettled(db, intake, atStart, () => signal.aborted),
        ),
    },
    startReceiver: (options) =>
      startSmtpReceiver({ db, intake, backlog: new Backlog(db, () => pace.rate), log }, options),
    endWatches: () => {
      closing.abort()
    },
    settled: async () => {
      await intake.settled()
      ;(await ear)()
    },
  }
}
