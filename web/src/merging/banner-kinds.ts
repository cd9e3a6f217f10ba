import type { AskedKind } from '../../../domain/asked.ts'

/** What stands above a ticket's sections, when it is kept. */
export const bannerKinds = [
  'merge',
  'undoMerge',
  'acceptMerge',
  'split',
  'undoSplit',
] as const satisfies readonly AskedKind[]
