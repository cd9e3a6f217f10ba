import type { AlertKind, AlertSubject } from '../../../domain/health/alerts.ts'
import { explainedIn } from '../../../languages/explanation.ts'
import type { Language } from '../../../languages/language.ts'
import { momentIn, say } from '../../../languages/mail-words.ts'

/** One thing to tell. */
export interface Alert {
  kind: AlertKind
  subject: AlertSubject
}

/** What an alert says in a language. */
export interface AlertText {
  /** In a few words. */
  title: string
  what: string
  todo: string
}

/** Of one thing: what is wrong or over, since when, why, and what to do. */
export function alertText({ kind, subject }: Alert, language: Language): AlertText {
  const { check, finding } = subject
  const { reason, values, state, since, detail } = finding
  const which = finding.subject && ` (${finding.subject})`
  const checked = `${say(language, `health.check.${check}`)}${which}`
  const what = say(language, `health.what.${reason}`, values)
  if (kind === 'ended')
    return {
      title: say(language, 'health.alert.ended', { check: checked }),
      what: say(language, 'health.alert.endedText', { what, check: checked }),
      todo: '',
    }
  const word = kind === 'still' ? 'still' : state
  return {
    title: say(language, `health.alert.${word}`, { check: checked }),
    what: [
      say(language, 'health.alert.since', {
        what,
        moment: momentIn(language, new Date(since)),
      }),
      ...(detail === null ? [] : [explainedIn(language, detail)]),
    ].join('\n'),
    todo: say(language, `health.todo.${reason}`, values),
  }
}

/** Of several at once: one line. */
export function titleOf(
  alerts: readonly Alert[],
  texts: readonly AlertText[],
  language: Language,
): string {
  if (texts.length === 1) return texts[0]?.title ?? ''
  const over = alerts.every(({ kind }) => kind === 'ended')
  return say(language, over ? 'health.alert.severalEnded' : 'health.alert.several', {
    count: texts.length,
  })
}
