import type {
  NotificationFacts,
  NotificationLanguage,
  NotificationLinks,
  NotificationText,
  NotificationTexts,
} from '../notification-text.ts'

/**
 * What approvers, asking agents and buyers are told. An approver may not see the ticket, so their
 * mails speak of the request alone: neither the ticket's subject nor a link to it.
 */
export const approvalTexts: NotificationTexts<
  'approvalAsked' | 'approvalReminder' | 'approvalWithdrawn' | 'approvalDecided' | 'purchaseChanged'
> = {
  approvalAsked: (notification, language, links) => ({
    subject: say(
      language,
      `Please decide: ${text(notification, 'subject')}`,
      `À décider : ${text(notification, 'subject')}`,
    ),
    lines: [
      why(notification, language),
      rule(notification, language),
      text(notification, 'preview'),
      ...facts(notification, language),
    ].filter(Boolean),
    action: decide(notification, language, links),
  }),

  approvalReminder: (notification, language, links) =>
    notification.data['overdue'] === true
      ? overdue(notification, language, links)
      : {
          subject: say(
            language,
            `Still waiting for you: ${text(notification, 'subject')}`,
            `En attente de votre décision : ${text(notification, 'subject')}`,
          ),
          lines: [
            say(
              language,
              `${text(notification, 'askedBy')} is waiting for your decision.`,
              `${text(notification, 'askedBy')} attend votre décision.`,
            ),
            ...facts(notification, language),
          ],
          action: decide(notification, language, links),
        },

  approvalWithdrawn: (notification, language) => ({
    subject: say(
      language,
      `No decision needed any more: ${text(notification, 'subject')}`,
      `Plus de décision à prendre : ${text(notification, 'subject')}`,
    ),
    lines: [
      say(
        language,
        `${text(notification, 'askedBy')} had asked you to decide on “${text(notification, 'subject')}”. The request was withdrawn, or is now put to others.`,
        `${text(notification, 'askedBy')} vous avait demandé une décision sur « ${text(notification, 'subject')} ». La demande a été retirée ou confiée à d’autres.`,
      ),
      text(notification, 'reason'),
    ].filter(Boolean),
  }),

  approvalDecided: (notification, language, links) => {
    const refused = notification.data['outcome'] === 'refused'
    const subject = text(notification, 'subject')
    return {
      subject: refused
        ? say(language, `Refused: ${subject}`, `Refusé : ${subject}`)
        : say(language, `Approved: ${subject}`, `Approuvé : ${subject}`),
      lines: [
        refused
          ? say(
              language,
              `${text(notification, 'by')} has refused “${subject}”. The reason is in the ticket.`,
              `${text(notification, 'by')} a refusé « ${subject} ». Le motif figure dans le ticket.`,
            )
          : say(
              language,
              `“${subject}” is approved; ${text(notification, 'by')} gave the last approval.`,
              `« ${subject} » est approuvé ; ${text(notification, 'by')} a donné la dernière approbation.`,
            ),
      ],
      action: openTicket(language, links),
    }
  },

  purchaseChanged: (notification, language, links) => {
    const [title, by] = [text(notification, 'title'), text(notification, 'by')]
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
      subject: `#${notification.ticketNumber} ${title}`,
      lines: [lines[text(notification, 'state')] ?? title],
      action: openTicket(language, links),
    }
  },
}

function why(notification: NotificationFacts, language: NotificationLanguage): string {
  const [asker, by] = [text(notification, 'askedBy'), text(notification, 'by')]
  switch (notification.data['reason']) {
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
        `${asker} asks for your decision as a deputy: the deadline has passed, and ${names(notification)} did not decide.`,
        `${asker} demande votre décision en tant que suppléant : le délai est passé sans décision de ${names(notification)}.`,
      )
    default:
      return say(language, `${asker} asks for your decision.`, `${asker} demande votre décision.`)
  }
}

const rule = (notification: NotificationFacts, language: NotificationLanguage): string => {
  const name = text(notification, 'rule')
  return (
    name &&
    say(
      language,
      `The rule “${name}” asks for this approval.`,
      `La règle « ${name} » demande cette approbation.`,
    )
  )
}

function overdue(
  notification: NotificationFacts,
  language: NotificationLanguage,
  links: NotificationLinks,
): NotificationText {
  const deputy = text(notification, 'deputy')
  return {
    subject: say(
      language,
      `Not decided in time: ${text(notification, 'subject')}`,
      `Sans décision dans le délai : ${text(notification, 'subject')}`,
    ),
    lines: [
      say(
        language,
        `The deadline has passed, and ${names(notification)} did not decide.`,
        `Le délai est passé sans décision de ${names(notification)}.`,
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
  notification: NotificationFacts,
  language: NotificationLanguage,
  links: NotificationLinks,
): { label: string; url: string } {
  const subject = {
    ticket: String(notification.ticketNumber),
    approval: text(notification, 'approvalId'),
    round: String(notification.data['round']),
    approver: text(notification, 'approver'),
  }
  return {
    label: say(language, 'Read and decide', 'Lire et décider'),
    url: links.signed('approval', subject, new Date(text(notification, 'expires'))),
  }
}

function facts(notification: NotificationFacts, language: NotificationLanguage): string[] {
  const amount = notification.data['amount'] as
    { amount: string; currency: string } | null | undefined
  const further = (notification.data['furtherAmounts'] ?? []) as {
    amount: string
    currency: string
  }[]
  const amounts = [...(amount ? [amount] : []), ...further]
    .map((one) => `${one.amount} ${one.currency}`)
    .join(' + ')
  const deadline = text(notification, 'deadline')
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
const openTicket = (language: NotificationLanguage, links: NotificationLinks) => ({
  label: say(language, 'Open the ticket', 'Ouvrir le ticket'),
  url: links.ticket,
})
const say = (language: NotificationLanguage, en: string, fr: string): string =>
  language === 'fr' ? fr : en
const names = (notification: NotificationFacts): string =>
  Array.isArray(notification.data['waitingFor']) ? notification.data['waitingFor'].join(', ') : ''

const text = (notification: NotificationFacts, name: string): string => {
  const value = notification.data[name]
  return typeof value === 'string' ? value : ''
}
