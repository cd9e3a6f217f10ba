import { randomUUID } from 'node:crypto'
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

/**
 * What the database remembers after a backup was restored into it: a run that no store of Temporal
 * knows, so that the next look has every ticket compared with the log.
 * @param at what changed since about then is enough.
 */
export const unknownRun = (at = new Date(0)): { key: string; value: ReconcileMark } => ({
  key: RECONCILE_MARK,
  value: {
    workflowId: 'a-store-that-was-put-back',
    runId: randomUUID(),
    at: at.toISOString(),
  },
})
