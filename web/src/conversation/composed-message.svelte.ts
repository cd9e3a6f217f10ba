import type { Message, Note } from '../../../domain/conversation/contract.ts'
import type { TicketDetail } from '../../../domain/tickets/contract.ts'
import { cache } from '../api/cache.ts'
import { ApiError, isKept, isUncertain } from '../api/problem.ts'
import { sentBefore } from '../api/request-ids.ts'
import { complain, say, warn } from '../components/toasts.ts'
import { t } from '../language/language.svelte.ts'
import { askForFields } from '../tickets/missing-fields.svelte.ts'
import { askOverrideReason, isOverridable } from '../tickets/resolving.svelte.ts'
import { isTooMany, type Recipients } from './correspondents.ts'
import {
  type Draft,
  type DraftMode,
  dropDraft,
  keepDraft,
  readDraft,
  writeBelow,
} from './drafts.ts'
import { holdSeconds } from '../people/preferences.ts'
import { session } from '../people/session.svelte.ts'
import { messagesQuery, notesQuery } from './queries.ts'
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
import { arrived, lastEventOf, settledAt, type Unanswered } from './unanswered.ts'
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

/** After which a conversation that could not be had is asked for again. */
const LOOK_AGAIN_MS = 15_000

/** A reply or note while it is written: its words, recipients and files, and the way out. */
export class ComposedMessage {
  text = $state('')
  /** Recipients that a person chose; without, those that a reply goes to by rule. */
  chosen = $state<Recipients | null>(null)
  /** Of which kind a draft waits to be written on. */
  waiting = $state<Record<DraftMode, boolean>>({ reply: false, note: false })
  /** It went so before, and nobody knows whether it arrived. */
  sent = $state.raw<Unanswered | undefined>()
  readonly uploads = new Uploads()
  readonly recipients = $derived.by(() => this.chosen ?? this.composer.answered)
  /** An answer can go to them: somebody, and not more than are allowed. */
  readonly reachable = $derived(this.recipients.to.length > 0 && !isTooMany(this.recipients))
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

  /**
   * What the conversation shows of a draft that may have been sent: it is none any more, or nothing
   * but a draft.
   * @param isFinal what is not there by now never comes.
   */
  settle(conversation: readonly (Message | Note)[], isFinal = false): void {
    const { sent } = this
    const { mode } = this.composer
    if (!sent || !mode) return
    const isThere = arrived(sent, conversation, session.me?.id)
    if (isThere || isFinal) this.sent = undefined
    if (!isThere) return
    say(t('composer.wasSent'))
    if (!this.text.endsWith(sent.text)) return
    this.text = this.text.slice(0, -sent.text.length).trimEnd()
    this.uploads.clear()
    if (!this.empty) return
    dropDraft(this.number, mode)
    this.fold()
  }

  /**
   * Looks into the conversation once it says for certain what became of such a draft.
   * @returns how to leave that be.
   */
  awaitSettled(): (() => void) | undefined {
    const { sent } = this
    const { mode } = this.composer
    if (!sent || !mode || sent.after === null) return undefined
    const look = (): void => {
      this.load(mode).then(
        (shown) => {
          if (this.sent === sent) this.settle(shown, true)
        },
        () => {
          timer = setTimeout(look, LOOK_AGAIN_MS)
        },
      )
    }
    let timer = setTimeout(look, Math.max(0, settledAt(sent) - Date.now()))
    return () => {
      clearTimeout(timer)
    }
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
    if (mode === 'reply' && !this.reachable) return
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

  private identity(sent: Sent): Unanswered {
    const { text, attachments } = sent.draft
    const ofKind = sent.mode === 'note' ? notesQuery : messagesQuery
    const shown = cache.getQueryData<(Message | Note)[]>(ofKind(this.number).queryKey)
    return {
      ...(sent.mode === 'note'
        ? identifiedNote(this.number, text, attachments)
        : identifiedReply(this.number, replyOf(sent))),
      ...{ text, at: Date.now(), after: lastEventOf(shown, this.number) },
    }
  }

  private load(mode: DraftMode): Promise<(Message | Note)[]> {
    return mode === 'note'
      ? cache.fetchQuery({ ...notesQuery(this.number), staleTime: 0 })
      : cache.fetchQuery({ ...messagesQuery(this.number), staleTime: 0 })
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
    else if (isUncertain(error)) warn(t('composer.sentBefore'))
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
