import { type AskedKind, askedKinds } from '../../../domain/asked.ts'
import { registry } from '../area.ts'
import { bannerKinds } from '../merging/banner-kinds.ts'

/** Of what is kept: what is shown among a ticket's properties, and neither in a section nor above. */
export const panelKinds = (): readonly AskedKind[] => {
  const elsewhere = new Set<AskedKind>([
    ...bannerKinds,
    ...registry.tabs.flatMap(({ kept = [] }) => kept),
  ])
  return askedKinds.filter((kind) => !elsewhere.has(kind))
}
