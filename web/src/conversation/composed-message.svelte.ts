import type { TicketDetail } from '../../../domain/tickets/contract.ts'
import { ApiError, isKept, isUncertain } from '../api/problem.ts'
import { type IdentifiedPost, sentBefore } from '../api/request-ids.ts'
import { complain, say } from '../components/toasts.ts'
import { t } from '../language/language.svelte.ts'
import { askForFields } from '../tickets/missing-fields.svelte.ts'
import { askOverrideReason, isOverridable } from '../tickets/resolving.svelte.ts'
import type { Recipients } from './correspondents.ts'
import {
  type Draft,
  type DraftMode,
  dropDraft,
  keepDraft,
  readDraft,
  writeBelow,
} from './drafts.ts'
import { holdSeconds } from '../people/preferences.ts'
import {
  addNote,
  identifiedNote,
  identifiedReply,
  type Reply,
  sendReply,
  type SentStatus,
} from './sending.ts'
import { dropSent, holdSent, recoverSent } from './sent-drafts.ts'
import { takeFilesAgain } from './taken-back.ts'
import { Uploads } from './uploads.svelte.ts'

interface Composer {
  readonly ticket: TicketDetail
  /** Null: folded. */
  mode: DraftMode | null
  /** Those that a reply goes to by rule. */
  readonly answered: Recipients
}

interface Sent {
  mode: DraftMode
  status: SentStatus | undefined
  files: File[]
  draft: Draft
  overrideReason?: string
}

/** A reply or note while it is written: its words, recipients and files, and the way out. */
export class ComposedMessage {
  text = $state('')
  /** Recipients that a person chose; without, those that a reply goes to by rule. */
  chosen = $state<Recipients | null>(null)
  /** Of which kind a draft waits to be written on. */
  waiting = $state<Record<DraftMode, boolean>>({ reply: false, note: false })
  /** It went so before, and nobody knows whether it arrived. */
  sent = $state.raw<IdentifiedPost | undefined>()
  readonly uploads = new Uploads()
  readonly recipients = $derived.by(() => this.chosen ?? this.composer.answered)
  readonly empty = $derived(this.text.trim() === '')

  private readonly composer: Composer
  private readonly number: number

  /** @param composer read whenever it is needed, so that it may be made of getters. */
  constructor(composer: Composer) {
    this.composer = composer
    this.number = composer.ticket.number
    this.findDrafts()
  }

  /** Brings the draft of its kind. */
  begin(mode: DraftMode): void {
    recoverSent(this.number, mode)
    const draft = readDraft(this.number, mode)
    this.sent = draft?.sent
    if (draft?.sent) sentBefore(draft.sent)
    this.text = draft?.text ?? ''
    this.chosen = draft !== null && draft.to.length > 0 ? { to: draft.to, cc: draft.cc } : null
    this.uploads.take(draft?.attachments ?? [])
    if (mode === 'reply') this.uploads.add(takeFilesAgain(this.number))
  }

  /** Keeps what is written, for when the page is left. */
  keep(): void {
    const { mode } = this.composer
    if (mode)
      keepDraft(this.number, mode, {
        text: this.text,
        to: this.chosen?.to ?? [],
        cc: this.chosen?.cc ?? [],
        attachments: $state.snapshot(this.uploads.attachments),
        sent: this.sent,
      })
  }

  fold(): void {
    this.findDrafts()
    this.composer.mode = null
  }

  /**
   * Sends what is written, unless it is empty or files are still on their way.
   * @param status what the ticket becomes with it.
   */
  async send(status?: SentStatus): Promise<void> {
    const { mode } = this.composer
    if (!mode || this.empty) return
    if (this.uploads.busy) return void say(t('composer.waitForFiles'))
    await this.deliver({
      mode,
      status,
      files: this.uploads.files.flatMap((one) => one.file ?? []),
      draft: { text: this.text, ...this.recipients, attachments: [...this.uploads.attachments] },
    })
  }

  /**
   * What could not be sent is there to be written on, and so is what was on its way when the page
   * was left. Only why required tasks stay open may be
   * asked before it goes again, as it was.
   */
  private async deliver(sent: Sent): Promise<void> {
    const { mode, draft } = sent
    const identity = this.identity(sent)
    const held = holdSent(this.number, mode, { ...draft, sent: identity })
    dropDraft(this.number, mode)
    this.fold()
    this.waiting[mode] = false
    this.uploads.clear()
    try {
      await this.hand(sent)
      dropSent(held)
    } catch (error) {
      dropSent(held)
      if (isKept(error)) return void complain(error)
      this.giveBack(mode, isUncertain(error) ? { ...draft, sent: identity } : draft)
      await this.explain(error, (overrideReason) => this.deliver({ ...sent, overrideReason }))
    }
  }

  private giveBack(mode: DraftMode, draft: Draft): void {
    writeBelow(this.number, mode, draft)
    this.waiting[mode] = true
    if (this.composer.mode !== mode) {
      this.composer.mode = mode
      return
    }
    // Something else is being written there already.
    const uploading = this.uploads.files.filter(({ attachment }) => attachment === null)
    this.begin(mode)
    this.uploads.files.push(...uploading)
  }

  private identity(sent: Sent): IdentifiedPost {
    const { text, attachments } = sent.draft
    if (sent.mode === 'note') return identifiedNote(this.number, text, attachments)
    return identifiedReply(this.number, replyOf(sent))
  }

  private hand(sent: Sent): Promise<void> {
    const { ticket } = this.composer
    const { text, attachments } = sent.draft
    if (sent.mode === 'note') return addNote(ticket, text, attachments)
    return sendReply(ticket, replyOf(sent))
  }

  private async explain(error: unknown, again: (reason: string) => Promise<void>): Promise<void> {
    if (error instanceof ApiError && isOverridable(error.code))
      askOverrideReason({ number: this.number, resolve: again })
    else if (error instanceof ApiError && error.code === 'fields-empty')
      await askForFields(this.number).catch(complain)
    else complain(error)
  }

  private findDrafts(): void {
    recoverSent(this.number, 'reply')
    recoverSent(this.number, 'note')
    this.waiting = {
      reply: readDraft(this.number, 'reply') !== null,
      note: readDraft(this.number, 'note') !== null,
    }
  }
}

const replyOf = ({ status, files, draft, overrideReason }: Sent): Reply => ({
  ...draft,
  files,
  holdSeconds: Number(holdSeconds.value),
  ...(status ? { status } : {}),
  ...(overrideReason ? { overrideReason } : {}),
})
