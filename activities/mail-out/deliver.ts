import { ApplicationFailure } from '@temporalio/activity'
import type { Logger } from 'pino'
import { type Explanation, sentenceOf } from '../../domain/explanation.ts'
import { inEnglish } from '../../languages/explanation.ts'
import type { BlobStore } from '../../platform/postgres/blobs.ts'
import type { Database } from '../../platform/postgres/database.ts'
import {
  isPermanentReply,
  type RefusedRecipient,
  SmtpFailure,
} from '../../platform/smtp/failure.ts'
import type { Accepted } from '../../platform/smtp/session.ts'
import type { DeliveryInput, DeliveryResult } from '../../workflows/ticket/activities.ts'
import { deliveredDetail, notTakenDetail, partlyDetail } from './attempt-details.ts'
import type { MessageLocks } from './delivery-locks.ts'
import {
  DeliverySupersededError,
  keepSource,
  loadOutbound,
  type OutboundRecord,
  recipientsOf,
  recordDoubt,
  recordFinalDot,
  recordNotSent,
  recordPutOff,
  recordSent,
  refusedBefore,
  type SentRecord,
} from './outbound-record.ts'
import { renderMail } from './render.ts'
import type { SmtpSessions } from './smtp-pool.ts'
import { chooseTransport, type Transport } from './transport.ts'
import type { SecretKeys } from '../../platform/secrets/secret-keys.ts'

export interface Delivery {
  db: Database
  blobs: BlobStore
  secretKeys: SecretKeys
  defaultSmtpUrl?: string | undefined
  log: Pick<Logger, 'info' | 'warn' | 'error'>
  locks: MessageLocks
  sessions: SmtpSessions
}

type SmtpTransport = Extract<Transport, { kind: 'department' | 'default-relay' }>

/**
 * Pauses between attempts to write down what the mail server said: losing a yes is what would send
 * a mail twice.
 */
const RECORDING_PAUSES = [50, 200, 1_000, 3_000, 10_000, 20_000]
const OVERTAKEN_PAUSE = '10 seconds'

/**
 * Brings one message to its end at a mail server, or one step nearer. Safe to run again at any time
 * and by any worker: see OutboundRecord.
 * @param abandoned aborted when the workflow does not want it any more: the message was taken back.
 * @returns sent, failed (refused for good), doubtful (to be tried once more) or parked (a person
 *   decides).
 * @throws ApplicationFailure `SmtpTemporary`, to be tried again later; its message says why.
 * @throws AccountBusyError: nothing was tried, others are on their way through the account.
 */
export async function deliver(
  delivery: Delivery,
  input: DeliveryInput,
  abandoned?: AbortSignal,
): Promise<DeliveryResult> {
  const result = await delivery.locks.during(input.messageId, async () => {
    const message = await loadOutbound(delivery.db, input.messageId)
    if (message?.direction !== 'outbound' || message.ticket_number !== input.ticketNumber) {
      throw ApplicationFailure.nonRetryable(
        `There is no outgoing message ${input.messageId} of ticket #${input.ticketNumber}.`,
        'MessageMissing',
      )
    }
    return (
      settledAlready(message) ??
      (message.state === 'sending'
        ? leftBehind(delivery, message)
        : attempt(delivery, message, abandoned))
    )
  })
  return result ?? superseded()
}

/** An earlier run of this activity got to the end and died before it could say so. */
function settledAlready(message: OutboundRecord): DeliveryResult | null {
  const detail = message.state_detail ?? ''
  if (message.state === 'sent' || message.state === 'bounced') return { outcome: 'sent', detail }
  if (message.state === 'failed') return { outcome: 'failed', detail }
  return message.state === 'doubtful' ? { outcome: 'parked', detail } : null
}

/**
 * The lock is ours and the row says that the final dot may have been sent: whoever sent it is dead.
 */
async function leftBehind({ db }: Delivery, message: OutboundRecord): Promise<DeliveryResult> {
  const detail = [sentenceOf('worker-ended-after-sending'), sentenceOf('may-have-arrived')]
  return { outcome: await recordDoubt(db, message, detail), detail }
}

async function attempt(
  delivery: Delivery,
  message: OutboundRecord,
  abandoned?: AbortSignal,
): Promise<DeliveryResult> {
  const { db, secretKeys, defaultSmtpUrl } = delivery
  if (message.event_no === null)
    throw ApplicationFailure.nonRetryable('The message was taken back.', 'MessageTakenBack')
  const transport = await chooseTransport(db, secretKeys, defaultSmtpUrl, message)
  if (transport.kind === 'none') return { outcome: 'failed', detail: transport.detail }
  const leave = takeRoom(delivery, message, transport)
  try {
    const mail = await renderedOnce(delivery, message, transport)
    if (transport.kind === 'outbox') return await keptInOutbox(delivery, message)
    const accepted = await transact(delivery, message, transport, mail, abandoned)
    return await taken(delivery, message, transport, accepted)
  } catch (error) {
    if (error instanceof DeliverySupersededError) return superseded()
    if (error instanceof SmtpFailure) return await notTaken(delivery, message, error)
    throw error
  } finally {
    leave()
  }
}

/** In base64 three bytes become four, and a little more with the ends of lines. */
const AS_BASE64 = 1.4

/**
 * Before anything is made ready for an account that takes nothing now.
 * @returns gives the room back.
 * @throws AccountBusyError
 */
function takeRoom(
  { sessions }: Delivery,
  { attached_bytes }: OutboundRecord,
  transport: Exclude<Transport, { kind: 'none' }>,
): () => void {
  if (transport.kind === 'outbox') return () => undefined
  sessions.refuseIfBusy(transport.account)
  return sessions.hold(transport.account, (attached_bytes ?? 0) * AS_BASE64)
}

/** Where nothing leads out: leaving is decided like everywhere. */
async function keptInOutbox({ db }: Delivery, { id }: OutboundRecord): Promise<DeliveryResult> {
  const detail = [sentenceOf('kept-in-local-outbox')]
  await db.transaction().execute(async (transaction) => {
    await recordFinalDot(transaction, id)
    await recordSent(transaction, id, { detail, senderKind: 'outbox', refused: [] })
  })
  return { outcome: 'sent', detail }
}

/**
 * Rendering is a step of its own: its result is stored before the first attempt and is never made
 * again.
 */
async function renderedOnce(
  delivery: Delivery,
  message: OutboundRecord,
  transport: Transport,
): Promise<Buffer> {
  if (message.source_sha256 !== null) return delivery.blobs.get(message.source_sha256)
  const mail = await renderMail(
    delivery,
    message,
    transport.kind === 'department' ? transport.dkim : null,
  )
  const stored = await delivery.blobs.put(mail)
  const kept = await keepSource(delivery.db, message.id, stored)
  return kept === stored ? mail : delivery.blobs.get(kept)
}

async function transact(
  delivery: Delivery,
  message: OutboundRecord,
  transport: SmtpTransport,
  mail: Buffer,
  abandoned?: AbortSignal,
): Promise<Accepted> {
  const envelope = { from: message.from_address, to: recipientsOf(message) }
  const beforeFinalDot = async (): Promise<void> => {
    if (abandoned?.aborted) throw new DeliverySupersededError()
    await recordFinalDot(delivery.db, message.id)
  }
  const once = (): Promise<Accepted | null> =>
    delivery.sessions.use(transport.account, async (session, used) => {
      try {
        return await session.send(envelope, mail, beforeFinalDot)
      } catch (error) {
        // The server has closed a connection that waited: nothing of the message has been seen.
        if (
          used &&
          error instanceof SmtpFailure &&
          error.phase === 'envelope' &&
          error.replyCode === null
        )
          return null
        throw error
      }
    })
  for (;;) {
    const accepted = await once()
    if (accepted) return accepted
  }
}

/** The server said yes: kept at once, before anything else can go wrong. */
async function taken(
  delivery: Delivery,
  message: OutboundRecord,
  transport: Transport,
  { reply, refused }: Accepted,
): Promise<DeliveryResult> {
  const putOff = refused.filter((r) => !isPermanentReply(r.replyCode))
  const refusedNow = refused.filter((r) => isPermanentReply(r.replyCode))
  if (putOff.length > 0) {
    const detail = partlyDetail(reply, putOff)
    await keptUntilWritten(delivery, message, () =>
      recordPutOff(delivery.db, message.id, detail, putOff, refusedNow),
    )
    throw temporary(detail)
  }
  const detail = deliveredDetail(reply, refusedNow, refusedBefore(message), message.flags)
  const sent: SentRecord = {
    detail,
    senderKind: transport.kind === 'department' ? 'department' : 'default-relay',
    refused: refusedNow,
  }
  await keptUntilWritten(delivery, message, () => recordSent(delivery.db, message.id, sent))
  return { outcome: 'sent', detail }
}

async function notTaken(
  delivery: Delivery,
  message: OutboundRecord,
  failure: SmtpFailure,
): Promise<DeliveryResult> {
  const { db, log } = delivery
  const detail = notTakenDetail(failure)
  log.warn(
    {
      ticket: message.ticket_number,
      message: message.id,
      code: failure.code,
      phase: failure.phase,
      replyCode: failure.replyCode,
    },
    'message not delivered',
  )
  if (failure.doubtful) {
    const doubt = [...detail, sentenceOf('may-have-arrived')]
    return { outcome: await recordDoubt(db, message, doubt), detail: doubt }
  }
  await keptUntilWritten(delivery, message, () => recordNotSent(db, message.id, detail))
  const someWerePutOff = failure.refused.some(
    (r: RefusedRecipient) => !isPermanentReply(r.replyCode),
  )
  if (failure.permanent && !someWerePutOff) return { outcome: 'failed', detail }
  throw temporary(detail)
}

/**
 * Writes down what the server said, through a restart of the database if need be. When even that
 * fails the workflow's history still gets the answer, and the projection writes it later.
 */
async function keptUntilWritten(
  { log }: Delivery,
  message: OutboundRecord,
  write: () => Promise<void>,
): Promise<void> {
  for (const pause of [...RECORDING_PAUSES, null]) {
    try {
      await write()
      return
    } catch (error) {
      log.error(
        { message: message.id, err: error },
        'the outcome of a delivery cannot be written down',
      )
      if (pause === null) return
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
}

/** English for operators; what people read travels beside it. */
const temporary = (detail: Explanation): ApplicationFailure =>
  ApplicationFailure.retryable(inEnglish(detail), 'SmtpTemporary', detail)

function superseded(): never {
  throw ApplicationFailure.create({
    message: 'The message is being sent by another worker.',
    type: 'DeliveryUnderway',
    nextRetryDelay: OVERTAKEN_PAUSE,
  })
}
