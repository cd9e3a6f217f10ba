import { z } from 'zod'
import { priority, type Priority } from '../vocabulary.ts'

/** How many are affected, and how soon it matters: ITIL makes the priority of the two. */
export const weight = z.enum(['low', 'medium', 'high'])
export type Weight = z.infer<typeof weight>
export const weights = weight.options

const row = z.object({ low: priority, medium: priority, high: priority })

/** The priority by impact, then urgency. */
export const priorityMatrix = z.object({ low: row, medium: row, high: row })
export type PriorityMatrix = z.infer<typeof priorityMatrix>

/** A usual one to begin with. */
export const usualMatrix: PriorityMatrix = {
  high: { high: 'urgent', medium: 'high', low: 'normal' },
  medium: { high: 'high', medium: 'normal', low: 'low' },
  low: { high: 'normal', medium: 'low', low: 'low' },
}

/** @returns the priority that follows; null while one of the two is not known. */
export const priorityBy = (
  matrix: PriorityMatrix,
  impact: Weight | null,
  urgency: Weight | null,
): Priority | null => (impact === null || urgency === null ? null : matrix[impact][urgency])
