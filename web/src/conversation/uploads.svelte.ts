import type { Attachment } from '../../../domain/conversation/contract.ts'
import { inWords } from '../api/problem.ts'
import { type Upload, upload } from '../api/upload.ts'

export interface FileOnItsWay {
  key: number
  name: string
  size: number
  progress: number
  attachment: Attachment | null
  /** Null: it came with a kept draft. */
  file: File | null
  error: string | null
}

let nextKey = 1

/**
 * Files of a text that is being written: sent at once, so that sending the text does not wait for
 * them.
 */
export class Uploads {
  files = $state<FileOnItsWay[]>([])
  readonly busy = $derived(
    this.files.some((file) => file.attachment === null && file.error === null),
  )
  readonly attachments = $derived(
    this.files.flatMap((file) => (file.attachment ? [file.attachment] : [])),
  )
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- how to cancel is never shown
  private readonly sending = new Map<number, Upload>()

  /** Files that a kept draft already has on the server. */
  take(attachments: readonly Attachment[]): void {
    this.files = attachments.map((attachment) => ({
      key: nextKey++,
      name: attachment.filename,
      size: attachment.size,
      progress: 1,
      attachment,
      file: null,
      error: null,
    }))
  }

  add(files: Iterable<File>): void {
    for (const file of files) void this.send(file)
  }

  remove(key: number): void {
    this.sending.get(key)?.cancel()
    this.files = this.files.filter((file) => file.key !== key)
  }

  clear(): void {
    for (const file of this.files) this.sending.get(file.key)?.cancel()
    this.files = []
  }

  private async send(file: File): Promise<void> {
    const key = nextKey++
    this.files.push({
      key,
      name: file.name,
      size: file.size,
      progress: 0,
      attachment: null,
      file,
      error: null,
    })
    const change = (known: Partial<FileOnItsWay>): void => {
      this.files = this.files.map((one) => (one.key === key ? { ...one, ...known } : one))
    }
    const sent = upload(file, (progress) => change({ progress }))
    this.sending.set(key, sent)
    try {
      change({ attachment: await sent.done, progress: 1 })
    } catch (error) {
      change({ error: inWords(error) })
    } finally {
      this.sending.delete(key)
    }
  }
}
