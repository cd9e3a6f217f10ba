import type { Logger } from 'pino'
import { alertSteps, type AlertKind, type AlertStep } from '../../../domain/health/alerts.ts'
import type { HealthReport } from '../../../domain/health/contract.ts'
import { alertChannel, type AlertChannel } from '../../../domain/health/vocabulary.ts'
import type { BoundedDatabase } from '../../../platform/postgres/bounded-database.ts'
import { automaticSender, type AutomaticSending } from '../../mail-out/senders.ts'
import { AlertFailure } from './alert-failure.ts'
import { type AlertWay, isOn, sendAlerts } from './channels.ts'
import { AlertLedger } from './ledger.ts'
import { readAlertSettings } from './settings.ts'

/** Between two looks at what is wrong. Milliseconds. */
const EVERY = 10_000
/** After something could not be sent. Milliseconds. */
const AFTER_FAILURE = 60_000
/** How long reading the settings may take. Milliseconds. */
const WITHIN = 3_000
const HOUR = 3_600_000

export interface AlertingDependencies extends AutomaticSending {
  database: BoundedDatabase
  /** What is wrong now. */
  report: () => HealthReport
  /** Of the web app, without a trailing slash. */
  publicUrl: string
  log: Pick<Logger, 'error'>
}

/**
 * Tells those who operate what is wrong, from each API process: Temporal and the database may be what
 * is wrong, so it waits for neither, and goes by the settings that it knew last.
 */
export class HealthAlerting {
  readonly #channels: ChannelAlerting[]

  constructor(deps: AlertingDependencies) {
    this.#channels = alertChannel.options.map((channel) => new ChannelAlerting(channel, deps))
  }

  /** From now on, until it is stopped. */
  start(): void {
    for (const channel of this.#channels) channel.start()
  }

  stop(): void {
    for (const channel of this.#channels) channel.stop()
  }
}

/** One channel; one that hangs holds up no other. */
export class ChannelAlerting {
  readonly #ledger: AlertLedger
  #way: AlertWay | null = null
  #running = false
  #timer: NodeJS.Timeout | undefined

  constructor(
    private readonly channel: AlertChannel,
    private readonly deps: AlertingDependencies,
  ) {
    this.#ledger = new AlertLedger(deps.database, channel)
  }

  start(): void {
    this.#running = true
    const next = async (): Promise<void> => {
      const sent = await this.round().catch((error: unknown) => {
        this.deps.log.error({ err: error, channel: this.channel }, 'an alert could not be sent')
        return false
      })
      if (this.#running) this.#timer = setTimeout(() => void next(), sent ? EVERY : AFTER_FAILURE)
    }
    this.#timer = setTimeout(() => void next(), 0)
  }

  stop(): void {
    this.#running = false
    clearTimeout(this.#timer)
  }

  /**
   * Looks once at what is wrong, and tells what is to be told.
   * @throws AlertFailure when it could not be sent.
   */
  async round(): Promise<true> {
    const way = await this.#readWay()
    if (way === null) return true
    const told = await this.#ledger.read()
    if (!isOn(this.channel, way.settings)) {
      if (told.size > 0) await this.#ledger.clear()
      return true
    }
    const pause = way.settings.repeatAfter * HOUR
    const steps = alertSteps(this.channel, this.deps.report(), told, Date.now(), pause)
    await this.#remember(steps)
    await this.#tell(way, steps)
    return true
  }

  /** What needs no telling. */
  async #remember(steps: readonly AlertStep[]): Promise<void> {
    const now = Date.now()
    const quiet = steps.filter(({ step }) => !isAlert(step))
    await this.#ledger.settle(quiet, ({ step, told }) =>
      step === 'forget' || told === null
        ? null
        : { ...told, wellSince: step === 'well-again' ? now : null },
    )
  }

  /** All at once, in one message. */
  async #tell(way: AlertWay, steps: readonly AlertStep[]): Promise<void> {
    const claimed: (AlertStep & { step: AlertKind })[] = []
    for (const step of steps)
      if (hasAlert(step) && (await this.#ledger.claim(step))) claimed.push(step)
    if (claimed.length === 0) return
    try {
      const alerts = claimed.map(({ step, subject }) => ({ kind: step, subject }))
      await sendAlerts(this.channel, way, alerts)
    } catch (error) {
      if (error instanceof AlertFailure) await this.#ledger.failed(claimed, error.explanation)
      throw error
    }
    const now = Date.now()
    await this.#ledger.settle(claimed, ({ step, subject }) =>
      step === 'ended' ? null : { subject, toldAt: now, wellSince: null },
    )
  }

  /** While the database is silent: as it was read last. */
  async #readWay(): Promise<AlertWay | null> {
    const { database, secretKeys, publicUrl } = this.deps
    try {
      this.#way = await database.within(WITHIN, async (db) => ({
        settings: await readAlertSettings(db),
        // A password that cannot be opened must not keep the webhook from being told.
        sender: await automaticSender(db, this.deps, null).catch(() => null),
        secretKeys,
        publicUrl,
      }))
    } catch {
      // Known as it was.
    }
    return this.#way
  }
}

const isAlert = (step: AlertStep['step']): step is AlertKind =>
  step === 'began' || step === 'still' || step === 'ended'

const hasAlert = (step: AlertStep): step is AlertStep & { step: AlertKind } => isAlert(step.step)
