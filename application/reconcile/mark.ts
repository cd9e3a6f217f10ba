import { z } from 'zod'

/** Where the last run of `reconcile` is remembered. */
export const RECONCILE_MARK = 'temporalMark'

/** A run of `reconcile` that the database remembers: a store of Temporal that forgot it is older. */
export const reconcileMark = z.object({
  workflowId: z.string(),
  runId: z.string(),
  at: z.iso.datetime(),
})
export type ReconcileMark = z.infer<typeof reconcileMark>
