import type { assetEvents } from '../../../domain/assets/events.ts'
import type { Sentences } from '../history/sentences.ts'
import { listed } from '../language/amounts.ts'
import { t } from '../language/language.svelte.ts'

const namesOf = (assets: readonly { name: string }[]): string =>
  listed(assets.map(({ name }) => name))
const called = ({ name, email }: { name: string; email: string }): string => name || email

/** Assets, documents, locations and confirmations linked to a ticket: the history in words. */
export const assetEventLabels: Sentences<keyof typeof assetEvents> = {
  assetLinked: (who, d) => t('assets.event.assetLinked', { who, name: d.asset.name }),
  assetUnlinked: (who, d) => t('assets.event.assetUnlinked', { who, name: d.asset.name }),
  documentLinked: (who, d) => t('assets.event.documentLinked', { who, name: d.document.title }),
  documentUnlinked: (who, d) => t('assets.event.documentUnlinked', { who, name: d.document.title }),
  locationChanged: (who, d) =>
    d.to
      ? t('assets.event.locationSet', { who, location: d.to.name })
      : t('assets.event.locationRemoved', { who }),
  confirmationAsked: (who, d) =>
    t(`assets.event.asked.${d.kind}`, {
      who,
      person: called(d.person),
      assets: namesOf(d.assets),
    }),
  confirmationGiven: (_, d) =>
    t(`assets.event.given.${d.kind}`, {
      person: called(d.person),
      assets: namesOf(d.assets),
      from: d.from,
    }),
  confirmationRefused: (_, d) =>
    t(d.reason ? 'assets.event.refusedBecause' : 'assets.event.refused', {
      person: called(d.person),
      assets: namesOf(d.assets),
      from: d.from,
      reason: d.reason,
    }),
  confirmationRevoked: (who, d) => t('assets.event.revoked', { who, person: called(d.person) }),
  confirmationExpired: (_, d) => t('assets.event.expired', { person: called(d.person) }),
}
