import type { Location } from '../../../domain/locations/contract.ts'
import type { LocationKind } from '../../../domain/locations/vocabulary.ts'
import type { Choice } from '../components/Picker.svelte'
import { all } from '../components/vocabulary.ts'

export const locationKinds = all<LocationKind>({
  company: true,
  site: true,
  section: true,
  room: true,
})

export const locationChoices = (locations: readonly Location[]): Choice[] =>
  locations.map(({ id, path }) => ({ value: id, label: path }))
