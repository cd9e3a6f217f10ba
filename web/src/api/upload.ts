import type { Attachment } from '../../../domain/conversation/contract.ts'
import { base } from './client.ts'
import { onItsWay } from './on-its-way.ts'
import { ApiError, problemOf } from './problem.ts'
import { randomId } from './random-id.ts'

export interface Upload {
  done: Promise<Attachment>
  cancel: () => void
}

/**
 * Sends one file to POST /attachments. XMLHttpRequest, because fetch tells nothing about progress.
 * @param progress called with 0..1 on the way.
 */
export function upload(file: File, progress: (share: number) => void): Upload {
  const sending = new XMLHttpRequest()
  const done = new Promise<Attachment>((resolve, reject) => {
    sending.upload.onprogress = (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total)
    }
    sending.onload = () => {
      if (sending.status < 200 || sending.status > 299)
        return reject(problemOf(sending.status, sending.responseText))
      const answer = JSON.parse(sending.responseText) as
        Attachment | Attachment[] | { items: Attachment[] }
      const first = Array.isArray(answer) ? answer[0] : 'items' in answer ? answer.items[0] : answer
      return first
        ? resolve(first)
        : reject(new ApiError({ status: 0, code: 'no-answer', detail: '' }))
    }
    sending.onerror = () => reject(new ApiError({ status: 0, code: 'no-answer', detail: '' }))
    sending.onabort = () => reject(new DOMException('', 'AbortError'))
  })
  const form = new FormData()
  form.append('file', file, file.name)
  sending.open('POST', `${base}/attachments`)
  sending.setRequestHeader('idempotency-key', randomId())
  sending.send(form)
  return { done: onItsWay(done), cancel: () => sending.abort() }
}
