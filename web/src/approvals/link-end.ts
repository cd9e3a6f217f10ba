import type { Schema } from '../api/client.ts'
import { t } from '../language/language.svelte.ts'
import { momentTime } from '../language/times.ts'

type End = Schema<'LinkEnd'>

/**
 * What became of what a personal link asked, in sentences.
 * @param kept the answer that was given on this page and kept, when there is one.
 */
export function linkEndText(
  end: End,
  kept: Schema<'LinkDecision'>['decision'] | undefined,
): string[] {
  const late = kept !== undefined && end.own?.decision !== kept
  return [
    ...(late ? [t('approval.link.end.late')] : []),
    ...(end.own ? [ownWord(end, end.own)] : []),
    ...outcome(end),
  ]
}

function ownWord({ subject }: End, { decision, at }: NonNullable<End['own']>): string {
  const moment = momentTime(at)
  return subject
    ? t(`approval.link.end.own.${decision}`, { subject, moment })
    : t(`approval.link.end.noted.${decision}`, { moment })
}

function outcome({ state, subject, own, by, at, delegatedTo }: End): string[] {
  const moment = at ? momentTime(at) : ''
  switch (state) {
    case 'waiting':
      return own ? [t('approval.link.end.waiting')] : []
    case 'changed':
      return [t('approval.link.end.changed')]
    case 'delegated':
      return [t('approval.link.end.delegated', { subject, to: delegatedTo ?? '' })]
    case 'withdrawn':
      return [t('approval.link.end.withdrawn', { subject, moment })]
    default:
      // One's own word was the last.
      return own?.decision === state && own.at === at
        ? []
        : [t(`approval.link.end.${state}`, { subject, moment, by: by ?? '–' })]
  }
}
