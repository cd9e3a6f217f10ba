import {
  condition,
  defineSignal,
  defineUpdate,
  proxyLocalActivities,
  setHandler,
} from '@temporalio/workflow'

export interface BareActivities {
  insert: (id: string) => Promise<void>
}

const { insert } = proxyLocalActivities<BareActivities>({ startToCloseTimeout: '30 seconds' })

export const mailSignal = defineSignal<[string]>('mail')

/** Answered by Temporal itself, where a signal is not. */
export const commandUpdate = defineUpdate<undefined, [string]>('command')

/**
 * The least that Temporal does for a mail: a signal starts a workflow, which runs one local
 * activity. No ticket, no rules.
 * @param signals how many it takes before it ends; 0: it stays open, as a ticket does.
 */
export async function bareWorkflow(signals: number): Promise<void> {
  const waiting: string[] = []
  setHandler(mailSignal, (id) => {
    waiting.push(id)
  })
  setHandler(commandUpdate, async (id) => {
    await insert(id)
    return undefined
  })
  for (let taken = 0; signals === 0 || taken < signals;) {
    await condition(() => waiting.length > 0)
    for (const id of waiting.splice(0)) {
      await insert(id)
      taken++
    }
  }
}
