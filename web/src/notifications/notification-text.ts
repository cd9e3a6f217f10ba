import type { NotificationItem } from '../../../domain/notifications/contract.ts'
import { explainedIn } from '../language/explanation.ts'
import { t, textFor } from '../language/language.svelte.ts'

/** A notification in one line: what happened, by whom, and its first words. */
export function notificationText({ kind, data }: NotificationItem): string {
  const word = (name: string): string => (typeof data[name] === 'string' ? data[name] : '')
  const what = textFor(`notifications.what.${word('what')}`) ?? t(`notifications.kinds.${kind}`)
  const lead = word('by') ? t('notifications.by', { what, who: word('by') }) : what
  const detail = word('preview') || word('title') || explainedIn(data['detail'])
  return detail ? t('notifications.with', { what: lead, detail }) : lead
}
