import { Context } from '@temporalio/activity'
import { environment } from '../../platform/environment.ts'
import type { MailboxActivities } from '../../workflows/mailbox-activities.ts'
import { prepareAcknowledgement } from '../mail-out/acknowledge.ts'
import { CommandSender } from './command-sender.ts'
import type { MailInDependencies } from './dependencies.ts'
import { watchMailbox } from './imap-watch.ts'
import { MailIntake } from './intake.ts'
import { parseMail } from './parse.ts'
import { reconcileMailbox } from './reconcile.ts'
import { type Settlement, startSettlement } from './settle.ts'
import { type SmtpReceiver, type SmtpReceiverOptions, startSmtpReceiver } from './smtp-receiver.ts'

/** How often a watch says that its worker lives. Well below the workflow's heartbeat timeout. */
const HEARTBEAT_MS = 3_000

/** Everything of a process that takes mail in, over one intake: routing order and memory bounds hold for all of it together. */
export interface MailIn {
  activities: MailboxActivities
  startReceiver: (options: SmtpReceiverOptions) => Promise<SmtpReceiver>
  startSettlement: () => Settlement
}

/** @param deps the process's database, blob store, Temporal client and secret key. */
export function mailIn({ db, blobs, client, secretKey, defaultFrom = environment.defaultFrom, log }: MailInDependencies): MailIn {
  const { pool } = db
  const intake = new MailIntake({ pool, blobs, parseMail, prepareAcknowledgement, secretKey, defaultFrom, log }, new CommandSender(client, log))
  const watching = { pool, intake, secretKey, log }
  return {
    activities: {
      watchMailbox: ({ mailboxId }) => alive((signal) => watchMailbox(watching, mailboxId, signal)),
      reconcileMailbox: ({ mailboxId }) => alive((signal) => reconcileMailbox(watching, mailboxId, signal)),
      retryQuarantined: ({ mailId }) => intake.retryQuarantined(mailId),
    },
    startReceiver: (options) => startSmtpReceiver({ pool, intake, log }, options),
    startSettlement: () => startSettlement(pool, intake, log),
  }
}

/** Runs an activity that lasts, with heartbeats as long as it does; a cancelled one gets its signal. */
async function alive<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const context = Context.current()
  const beat = setInterval(() => { context.heartbeat() }, HEARTBEAT_MS)
  try {
    context.heartbeat()
    return await work(context.cancellationSignal)
  } finally {
    clearInterval(beat)
  }
}
