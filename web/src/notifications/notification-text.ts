import type { NotificationItem } from '../../../domain/notifications/contract.ts'
import { allAsked } from '../language/asked.ts'
import { explainedIn } from '../language/explanation.ts'
import { t, textFor } from '../language/language.svelte.ts'
import { refusalIn } from '../language/refusal.ts'

/** A notification in one line: what happened, by whom, and its first words. */
export function notificationText({ kind, data }: NotificationItem): string {
  const word = (name: string): string => (typeof data[name] === 'string' ? data[name] : '')
  const refused = refusalText(kind, data, word)
  if (refused) return refused
  const what = textFor(`notifications.what.${word('what')}`) ?? t(`notifications.kinds.${kind}`)
  const lead = word('by') ? t('notifications.by', { what, who: word('by') }) : what
  const detail = word('preview') || word('title') || explainedIn(data['detail'])
  return detail ? t('notifications.with', { what: lead, detail }) : lead
}

/** What could not be done, and why; null when it is not known what was asked. */
function refusalText(
  kind: NotificationItem['kind'],
  data: NotificationItem['data'],
  word: (name: string) => string,
): string | null {
  if (kind !== 'voteRefused' && kind !== 'commandRefused' && kind !== 'answerRefused') return null
  const subject = word('subject')
  const reason = refusalIn(data)
  const decision = word('decision') === 'refused' ? 'refused' : 'approved'
  if (kind === 'voteRefused')
    return t(`notifications.yourLateVote.${decision}`, { subject, reason })
  if (word('what') === 'vote')
    return t(`notifications.lateVote.${decision}`, { who: word('by'), subject })
  const what = allAsked(data['asked'])
  return what ? t('notifications.refused', { what, reason }) : null
}
