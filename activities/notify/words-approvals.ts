import type {
  NoticeFacts,
  NoticeLanguage,
  NoticeLinks,
  NoticeText,
  NoticeWords,
} from './notice-words.ts'

/**
 * What approvers, asking agents and buyers are told. An approver may not see the ticket, so their
 * mails speak of the request alone: neither the ticket's subject nor a link to it.
 */
export const approvalWords: NoticeWords<
  'approvalAsked' | 'approvalReminder' | 'approvalWithdrawn' | 'approvalDecided' | 'purchaseChanged'
> = {
  approvalAsked: (notice, language, links) => ({
    subject: say(
      language,
      `Please decide: ${text(notice, 'subject')}`,
      `À décider : ${text(notice, 'subject')}`,
    ),
    lines: [
      why(notice, language),
      rule(notice, language),
      text(notice, 'preview'),
      ...facts(notice, language),
    ].filter(Boolean),
    action: decide(notice, language, links),
  }),

  approvalReminder: (notice, language, links) =>
    notice.data['overdue'] === true
      ? overdue(notice, language, links)
      : {
          subject: say(
            language,
            `Still waiting for you: ${text(notice, 'subject')}`,
            `En attente de votre décision : ${text(notice, 'subject')}`,
          ),
          lines: [
            say(
              language,
              `${text(notice, 'askedBy')} is waiting for your decision.`,
              `${text(notice, 'askedBy')} attend votre décision.`,
            ),
            ...facts(notice, language),
          ],
          action: decide(notice, language, links),
        },

  approvalWithdrawn: (notice, language) => ({
    subject: say(
      language,
      `No decision needed any more: ${text(notice, 'subject')}`,
      `Plus de décision à prendre : ${text(notice, 'subject')}`,
    ),
    lines: [
      say(
        language,
        `${text(notice, 'askedBy')} had asked you to decide on “${text(notice, 'subject')}”. The request was withdrawn, or is now put to others.`,
        `${text(notice, 'askedBy')} vous avait demandé une décision sur « ${text(notice, 'subject')} ». La demande a été retirée ou confiée à d’autres.`,
      ),
      text(notice, 'reason'),
    ].filter(Boolean),
  }),

  approvalDecided: (notice, language, links) => {
    const refused = notice.data['outcome'] === 'refused'
    const subject = text(notice, 'subject')
    return {
      subject: refused
        ? say(language, `Refused: ${subject}`, `Refusé : ${subject}`)
        : say(language, `Approved: ${subject}`, `Approuvé : ${subject}`),
      lines: [
        refused
          ? say(
              language,
              `${text(notice, 'by')} has refused “${subject}”. The reason is in the ticket.`,
              `${text(notice, 'by')} a refusé « ${subject} ». Le motif figure dans le ticket.`,
            )
          : say(
              language,
              `“${subject}” is approved; ${text(notice, 'by')} gave the last approval.`,
              `« ${subject} » est approuvé ; ${text(notice, 'by')} a donné la dernière approbation.`,
            ),
      ],
      action: openTicket(language, links),
    }
  },

  purchaseChanged: (notice, language, links) => {
    const [title, by] = [text(notice, 'title'), text(notice, 'by')]
    const lines: Record<string, string> = {
      ordered: say(language, `${by} has ordered “${title}”.`, `${by} a commandé « ${title} ».`),
      partlyReceived: say(
        language,
        `A part of “${title}” has arrived.`,
        `Une partie de « ${title} » est arrivée.`,
      ),
      received: say(language, `“${title}” has arrived.`, `« ${title} » est arrivé.`),
    }
    return {
      subject: `#${notice.ticketNumber} ${title}`,
      lines: [lines[text(notice, 'state')] ?? title],
      action: openTicket(language, links),
    }
  },
}

function why(notice: NoticeFacts, language: NoticeLanguage): string {
  const [asker, by] = [text(notice, 'askedBy'), text(notice, 'by')]
  switch (notice.data['reason']) {
    case 'again':
      return say(
        language,
        `${asker} asks you once more: the request has changed, so earlier decisions do not count.`,
        `${asker} vous sollicite à nouveau : la demande a changé, les décisions précédentes ne comptent plus.`,
      )
    case 'next-stage':
      return say(
        language,
        `${asker} asks for your decision. The people before you have approved.`,
        `${asker} demande votre décision. Les personnes consultées avant vous ont approuvé.`,
      )
    case 'delegated':
      return say(
        language,
        `${by} has handed this decision on to you. ${asker} asked for it.`,
        `${by} vous a confié cette décision, demandée par ${asker}.`,
      )
    case 'deputy':
      return say(
        language,
        `${asker} asks for your decision as a deputy: the deadline has passed, and ${names(notice)} did not decide.`,
        `${asker} demande votre décision en tant que suppléant : le délai est passé sans décision de ${names(notice)}.`,
      )
    default:
      return say(language, `${asker} asks for your decision.`, `${asker} demande votre décision.`)
  }
}

const rule = (notice: NoticeFacts, language: NoticeLanguage): string => {
  const name = text(notice, 'rule')
  return (
    name &&
    say(
      language,
      `The rule “${name}” asks for this approval.`,
      `La règle « ${name} » demande cette approbation.`,
    )
  )
}

function overdue(notice: NoticeFacts, language: NoticeLanguage, links: NoticeLinks): NoticeText {
  const deputy = text(notice, 'deputy')
  return {
    subject: say(
      language,
      `Not decided in time: ${text(notice, 'subject')}`,
      `Sans décision dans le délai : ${text(notice, 'subject')}`,
    ),
    lines: [
      say(
        language,
        `The deadline has passed, and ${names(notice)} did not decide.`,
        `Le délai est passé sans décision de ${names(notice)}.`,
      ),
      deputy &&
        say(
          language,
          `${deputy} was asked as deputy.`,
          `${deputy} a été sollicité comme suppléant.`,
        ),
    ].filter(Boolean),
    action: openTicket(language, links),
  }
}

/** The personal link. It is made here, when the mail is written, and kept nowhere. */
function decide(
  notice: NoticeFacts,
  language: NoticeLanguage,
  links: NoticeLinks,
): { label: string; url: string } {
  const subject = {
    ticket: String(notice.ticketNumber),
    approval: text(notice, 'approvalId'),
    round: String(notice.data['round']),
    approver: text(notice, 'approver'),
  }
  return {
    label: say(language, 'Read and decide', 'Lire et décider'),
    url: links.signed('approval', subject, new Date(text(notice, 'expires'))),
  }
}

function facts(notice: NoticeFacts, language: NoticeLanguage): string[] {
  const amount = notice.data['amount'] as { amount: string; currency: string } | null | undefined
  const further = (notice.data['furtherAmounts'] ?? []) as { amount: string; currency: string }[]
  const amounts = [...(amount ? [amount] : []), ...further]
    .map((one) => `${one.amount} ${one.currency}`)
    .join(' + ')
  const deadline = text(notice, 'deadline')
  return [
    amount ? say(language, `Amount: ${amounts}`, `Montant : ${amounts}`) : '',
    deadline &&
      say(
        language,
        `Please decide by ${moment(deadline, 'en-GB')}.`,
        `Merci de décider avant le ${moment(deadline, 'fr-FR')}.`,
      ),
  ].filter(Boolean)
}

const moment = (iso: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  }).format(new Date(iso)) + ' UTC'
const openTicket = (language: NoticeLanguage, links: NoticeLinks) => ({
  label: say(language, 'Open the ticket', 'Ouvrir le ticket'),
  url: links.ticket,
})
const say = (language: NoticeLanguage, en: string, fr: string): string =>
  language === 'fr' ? fr : en
const names = (notice: NoticeFacts): string =>
  Array.isArray(notice.data['waitingFor']) ? notice.data['waitingFor'].join(', ') : ''

const text = (notice: NoticeFacts, name: string): string => {
  const value = notice.data[name]
  return typeof value === 'string' ? value : ''
}
