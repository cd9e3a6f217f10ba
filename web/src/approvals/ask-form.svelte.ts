import type { Approval } from '../../../domain/approvals/contract.ts'
import type { Schema } from '../api/client.ts'
import {
  choiceOf,
  type ChosenPerson,
  draftsOf,
  emptyStage,
  isoOf,
  keyOf,
  localTime,
  stagesOf,
} from './approval-form.ts'
import { decimalText, numberFrom, typedDecimal } from '../language/typed-numbers.ts'

/** What stands in the form that asks for an approval, and what it says to the API. */
export class AskForm {
  subject = $state('')
  text = $state('')
  amount = $state('')
  currency = $state('EUR')
  stages = $state([emptyStage()])
  deadline = $state('')
  /** Hours before the deadline. */
  remind = $state('24')
  deputy = $state<ChosenPerson[]>([])
  resolution = $state(true)
  taskIds = $state<string[]>([])
  attachmentIds = $state<string[]>([])
  readonly asked = $derived(stagesOf(this.stages))
  /** Those who are asked already cannot be asked once more. */
  readonly taken = $derived(this.stages.flatMap(({ people }) => people.map(keyOf)))
  readonly ready = $derived(this.subject.trim() !== '' && this.asked.length > 0)

  constructor(earlier: Approval | null) {
    if (!earlier) return
    this.subject = earlier.subject
    this.text = earlier.text
    this.amount = typedDecimal(earlier.amount?.amount ?? '')
    this.currency = earlier.amount?.currency ?? 'EUR'
    this.stages = draftsOf(earlier)
    // A deadline that has passed is no deadline for the next round.
    if (earlier.deadline && Date.parse(earlier.deadline) > Date.now())
      this.deadline = localTime(earlier.deadline)
    this.remind = typedDecimal(earlier.remindHoursBefore[0] ?? 24)
    this.deputy = earlier.deputy ? [earlier.deputy] : []
    this.resolution = earlier.blocks.resolution
    this.taskIds = earlier.blocks.taskIds
    this.attachmentIds = earlier.attachments.map(({ id }) => id)
  }

  get body(): Schema<'NewApproval'> {
    const hours = this.deadline ? (numberFrom(this.remind, '/remindHoursBefore/0') ?? 0) : 0
    const amount = decimalText(this.amount, '/amount/amount')
    const [deputy] = this.deputy
    return {
      subject: this.subject,
      text: this.text,
      stages: this.asked,
      attachmentIds: this.attachmentIds,
      amount: amount === '' ? null : { amount, currency: this.currency },
      deadline: isoOf(this.deadline),
      remindHoursBefore: this.deadline && hours > 0 ? [hours] : [],
      deputy: this.deadline && deputy ? choiceOf(deputy) : null,
      blocks: { resolution: this.resolution, taskIds: this.taskIds },
    }
  }

  /** Pointers of the fields that show their own errors. */
  static readonly shown = [
    '/subject',
    '/text',
    '/amount/amount',
    '/deadline',
    '/remindHoursBefore/0',
  ]
}
