import { isBlank } from '../../../domain/blank-text.ts'
import { t } from '../language/language.svelte.ts'

/** What a ticket or mail is called. */
export const subjectText = (subject: string): string =>
  isBlank(subject) ? t('ticket.noSubject') : subject

/** What somebody who writes is called: by name, else by address. */
export const personText = ({ name, email }: { name: string; email: string }): string =>
  [name, email].find((text) => !isBlank(text)) ?? t('ticket.unknownSender')
