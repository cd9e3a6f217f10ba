import type { TicketDetail } from '../../../domain/tickets/contract.ts'
import { ApiError, isKept } from '../api/problem.ts'
import { complain, say } from '../components/toasts.ts'
import { t } from '../language/language.svelte.ts'
import { askForFields } from '../tickets/missing-fields.svelte.ts'
import { askOverrideReason, isOverridable } from '../tickets/resolving.svelte.ts'
import type { Recipients } from './correspondents.ts'
import { type Draft, type DraftMode, dropDraft, keepDraft, readDraft } from './drafts.ts'
import { holdSeconds } from '../people/preferences.ts'
import { addNote, sendReply, type SentStatus } from './sending.ts'
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
    const draft = readDraft(this.number, mode)
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
   * What could not be sent is there to be written on. Only why required tasks stay open may be
   * asked before it goes again, as it was.
   */
  private async deliver(sent: Sent): Promise<void> {
    dropDraft(this.number, sent.mode)
    this.fold()
    this.waiting[sent.mode] = false
    this.uploads.clear()
    try {
      await this.hand(sent)
    } catch (error) {
      if (isKept(error)) return void complain(error)
      keepDraft(this.number, sent.mode, sent.draft)
      this.waiting[sent.mode] = true
      this.composer.mode = sent.mode
      await this.explain(error, (overrideReason) => this.deliver({ ...sent, overrideReason }))
    }
  }

  private hand({ mode, status, files, draft, overrideReason }: Sent): Promise<void> {
    const { ticket } = this.composer
    if (mode === 'note') return addNote(ticket, draft.text, draft.attachments)
    return sendReply(ticket, {
      ...draft,
      files,
      holdSeconds: Number(holdSeconds.value),
      ...(status ? { status } : {}),
      ...(overrideReason ? { overrideReason } : {}),
    })
  }

  private async explain(error: unknown, again: (reason: string) => Promise<void>): Promise<void> {
    if (error instanceof ApiError && isOverridable(error.code))
      askOverrideReason({ number: this.number, resolve: again })
    else if (error instanceof ApiError && error.code === 'fields-empty')
      await askForFields(this.number).catch(complain)
    else complain(error)
  }

  private findDrafts(): void {
    this.waiting = {
      reply: readDraft(this.number, 'reply') !== null,
      note: readDraft(this.number, 'note') !== null,
    }
  }
}
