import type { equipmentEvents } from '../../../domain/equipment/events.ts'
import { listed } from '../language/amounts.ts'
import { t } from '../language/language.svelte.ts'
import type { Sentences } from '../ticket/event-text.ts'

const namesOf = (assets: readonly { name: string }[]): string =>
  listed(assets.map(({ name }) => name))
const called = ({ name, email }: { name: string; email: string }): string => name || email

/** Assets, documents, places and confirmations linked to a ticket: the history in words. */
export const equipmentWords: Sentences<keyof typeof equipmentEvents> = {
  assetLinked: (who, d) => t('equipment.event.assetLinked', { who, name: d.asset.name }),
  assetUnlinked: (who, d) => t('equipment.event.assetUnlinked', { who, name: d.asset.name }),
  documentLinked: (who, d) => t('equipment.event.documentLinked', { who, name: d.document.title }),
  documentUnlinked: (who, d) =>
    t('equipment.event.documentUnlinked', { who, name: d.document.title }),
  placeChanged: (who, d) =>
    d.to
      ? t('equipment.event.placeSet', { who, place: d.to.name })
      : t('equipment.event.placeRemoved', { who }),
  confirmationAsked: (who, d) =>
    t(`equipment.event.asked.${d.kind}`, {
      who,
      person: called(d.person),
      assets: namesOf(d.assets),
    }),
  confirmationGiven: (_, d) =>
    t(`equipment.event.given.${d.kind}`, {
      person: called(d.person),
      assets: namesOf(d.assets),
      from: d.from,
    }),
  confirmationRefused: (_, d) =>
    t(d.reason ? 'equipment.event.refusedBecause' : 'equipment.event.refused', {
      person: called(d.person),
      assets: namesOf(d.assets),
      from: d.from,
      reason: d.reason,
    }),
  confirmationRevoked: (who, d) => t('equipment.event.revoked', { who, person: called(d.person) }),
  confirmationExpired: (_, d) => t('equipment.event.expired', { person: called(d.person) }),
}
