import { defaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common'

/** Stands for what could not be decoded: no command, and no result of any activity. */
const undecodable = { undecodable: true }

/**
 * As the SDK's own, but for what it cannot decode. A signal may hold anything, since an operator sends
 * it; the SDK would fail each of the workflow's tasks from then on. As it is, the border that reads
 * commands refuses it, and a line of the history says so.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => defaultPayloadConverter.toPayload(value),
  fromPayload<T>(payload: Payload): T {
    try {
      return defaultPayloadConverter.fromPayload<T>(payload)
    } catch {
      return undecodable as T
    }
  },
}
