import type { purchaseEvents } from '../../../domain/purchases/events.ts'
import type { Sentences } from '../history/sentences.ts'
import { listed, moneyTexts, numberText } from '../language/amounts.ts'
import { t } from '../language/language.svelte.ts'

const totalText = ({
  total,
  currency,
  totals,
}: {
  total: string
  currency: string
  totals?: { amount: string; currency: string }[] | undefined
}): string => moneyTexts(totals ?? [{ amount: total, currency }])

/** Purchase requests: the history in words. */
export const purchaseEventLabels: Sentences<keyof typeof purchaseEvents> = {
  purchaseDrafted: (who, d) =>
    t('approval.event.purchaseDrafted', { who, title: d.title, total: totalText(d) }),
  purchaseChanged: (who, d) =>
    t('approval.event.purchaseChanged', { who, title: d.title, total: totalText(d) }),
  purchaseDocumentsChanged: (who, d) =>
    t('approval.event.purchaseDocumentsChanged', { who, title: d.title }),
  purchaseSubmitted: (who, d) =>
    t(
      d.approvalId === null
        ? 'approval.event.purchaseSubmitted.free'
        : 'approval.event.purchaseSubmitted.asking',
      { who, title: d.title, total: totalText(d) },
    ),
  purchaseOrdered: (who, d) =>
    d.reference
      ? t('approval.event.purchaseOrdered.named', { who, title: d.title, reference: d.reference })
      : t('approval.event.purchaseOrdered.plain', { who, title: d.title }),
  purchaseCancelled: (who, d) => {
    const text = t('approval.event.purchaseCancelled', { who, title: d.title })
    return d.reason ? t('approval.event.withComment', { text, comment: d.reason }) : text
  },
  purchaseReceived: (who, d) =>
    t(
      d.complete ? 'approval.event.purchaseReceived.whole' : 'approval.event.purchaseReceived.part',
      {
        who,
        title: d.title,
        items: listed(d.lines.map(({ item, quantity }) => `${numberText(quantity)} × ${item}`)),
      },
    ),
}
