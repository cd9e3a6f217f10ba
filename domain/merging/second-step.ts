import type { TicketEvent } from '../events.ts'

/**
 * The step of the other ticket that has to follow a first one. `operationId` is the merge's or
 * split's; the second step is on ticket `on`.
 */
export interface SecondStep {
  name: 'joinThread' | 'acceptMerge' | 'revertMerge' | 'openSplit' | 'undoSplit'
  operationId: string
  on: number
  /** Until when whoever asked waits for its end. */
  answerBy?: number | undefined
}

/** Commands that follow from a first step: what had to hold was looked at with it. */
export const FOLLOWING: ReadonlySet<string> = new Set<SecondStep['name'] | 'undoMerge'>([
  'joinThread',
  'acceptMerge',
  'revertMerge',
  'openSplit',
  'undoSplit',
  'undoMerge',
])

/** @returns the step that has to follow an event of the first ticket; null when none has. */
export function secondStepAfter(event: Pick<TicketEvent, 'type' | 'data'>): SecondStep | null {
  const { type, data } = event as TicketEvent
  switch (type) {
    case 'threadFound':
      return { name: 'joinThread', operationId: data.mergeId, on: data.number }
    case 'ticketMerged':
      return { name: 'acceptMerge', operationId: data.mergeId, on: data.into, ...waited(data) }
    case 'ticketUnmerged':
      return data.refused ? null : { name: 'revertMerge', operationId: data.mergeId, on: data.from }
    case 'messagesSplitOff':
      return { name: 'openSplit', operationId: data.splitId, on: data.into }
    case 'messagesReturned':
      return { name: 'undoSplit', operationId: data.splitId, on: data.from, ...waited(data) }
    default:
      return null
  }
}

const waited = ({ answerBy }: { answerBy?: number | undefined }): Pick<SecondStep, 'answerBy'> =>
  answerBy === undefined ? {} : { answerBy }

/**
 * The id of a step's command: there is one of each for a merge or split, so that whoever asked for
 * the first step knows what to wait for. `undoMerge` takes back a merge that was refused.
 */
export const secondStepId = (name: SecondStep['name'] | 'undoMerge', operationId: string): string =>
  `${name}-${operationId}`
