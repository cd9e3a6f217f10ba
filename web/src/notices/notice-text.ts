import type { NoticeItem } from '../api/notices.ts'
import { t, textFor } from '../language/language.svelte.ts'

/** A notice in one line: what happened, by whom, and its first words. */
export function noticeText({ kind, data }: NoticeItem): string {
  const word = (name: string): string => (typeof data[name] === 'string' ? data[name] : '')
  const what = textFor(`notices.what.${word('what')}`) ?? t(`notices.kinds.${kind}`)
  const lead = word('by') ? t('notices.by', { what, who: word('by') }) : what
  const detail = word('preview') || word('title') || word('detail')
  return detail ? t('notices.with', { what: lead, detail }) : lead
}
