import type { Sentence } from '../../../domain/explanation.ts'
import { inEnglish } from '../../../languages/explanation.ts'

/** Why an alert could not be sent, for the person who can change it. */
export class AlertFailure extends Error {
  readonly code = 'alert-not-sent'
  constructor(readonly explanation: Sentence[]) {
    super(inEnglish(explanation))
  }
}
