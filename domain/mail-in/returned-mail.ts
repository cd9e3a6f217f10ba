import type { DeliveryReport, HeaderField } from './parsed-mail.ts'

export interface ReportInput {
  headers: readonly HeaderField[]
  /** Lower case type of the whole mail and its report-type parameter. */
  contentType: string
  reportType: string
  from: string | null
  subject: string
  /** The human-readable text, whole. */
  text: string
  /** Bodies of the message/delivery-status parts. */
  statuses: readonly string[]
  /** The returned header, or the returned mail from its beginning; null when none came back. */
  returned: string | null
}

export type Recipient = DeliveryReport['recipients'][number]
