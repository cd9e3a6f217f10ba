import { cut } from '../../../domain/cut.ts'
import type { Language } from '../../../languages/language.ts'
import { amountsOf } from '../../../domain/purchases/money.ts'
import { moneyIn } from '../../../languages/money.ts'
import { numberIn } from '../../../languages/numbers.ts'
import { momentIn, say } from '../../../languages/mail-words.ts'
import {
  byOf,
  factOf,
  type NotificationFacts,
  type NotificationLinks,
  type NotificationTable,
  type NotificationText,
  type NotificationTexts,
  openTicket,
  reasonAndWritten,
} from '../notification-text.ts'

/**
 * What approvers, asking agents and buyers are told. An approver may not see the ticket, so their
 * mails speak of the request alone: neither the ticket's subject nor a link to it.
 */
export const approvalTexts: NotificationTexts<
  | 'approvalAsked'
  | 'approvalReminder'
  | 'approvalWithdrawn'
  | 'approvalDecided'
  | 'voteRefused'
  | 'purchaseChanged'
> = {
  approvalAsked: (notification, language, links) => ({
    subject: say(language, 'notification.approval.asked', { subject: subjectOf(notification) }),
    lines: [
      why(notification, language),
      rule(notification, language),
      askedText(notification),
      ...facts(notification, language),
    ].filter(Boolean),
    ...purchaseTable(notification, language),
    action: decide(notification, language, links),
  }),

  approvalReminder: (notification, language, links) =>
    notification.data['overdue'] === true
      ? overdue(notification, language, links)
      : {
          subject: say(language, 'notification.approval.reminder', {
            subject: subjectOf(notification),
          }),
          lines: [
            say(language, 'notification.approval.waits', { by: factOf(notification, 'askedBy') }),
            ...facts(notification, language),
          ],
          action: decide(notification, language, links),
        },

  approvalWithdrawn: (notification, language) => {
    const values = { subject: subjectOf(notification), by: factOf(notification, 'askedBy') }
    return {
      subject: say(language, 'notification.approval.withdrawn', values),
      lines: [
        notification.data['askedOthers'] === true
          ? say(language, 'notification.approval.withdrawnFromYou', values)
          : say(language, 'notification.approval.withdrawnText', values),
        factOf(notification, 'reason'),
      ].filter(Boolean),
    }
  },

  approvalDecided: (notification, language, links) => {
    const outcome = notification.data['outcome'] === 'refused' ? 'refused' : 'approved'
    const values = { subject: subjectOf(notification), by: byOf(notification, language) }
    return {
      subject: say(language, `notification.approval.${outcome}`, values),
      lines: [say(language, `notification.approval.${outcome}Text`, values)],
      action: openTicket(language, links),
    }
  },

  voteRefused: (notification, language) => {
    const decision = notification.data['decision'] === 'refused' ? 'refused' : 'approved'
    const subject = subjectOf(notification)
    return {
      subject: say(language, 'notification.lateVote.subject', { subject }),
      lines: [
        say(language, `notification.lateVote.${decision}`, { subject }),
        ...reasonAndWritten(notification, language),
      ],
    }
  },

  purchaseChanged: (notification, language, links) => {
    const values = { title: factOf(notification, 'title'), by: byOf(notification, language) }
    const state = purchaseStates.find((one) => one === notification.data['state'])
    return {
      subject: `#${notification.ticketNumber} ${values.title}`,
      lines: [state ? say(language, `notification.purchase.${state}`, values) : values.title],
      action: openTicket(language, links),
    }
  },
}

/** Characters of what is asked: all of it stands on the page. */
const MOST_TEXT = 4_000

/** In the asker's own words and lines; a purchase's are its table. */
function askedText(notification: NotificationFacts): string {
  const { request } = notification
  if (request?.purchase) return ''
  const text = request?.text.replaceAll('\r\n', '\n') ?? ''
  if (text === '') return factOf(notification, 'preview')
  return text.length > MOST_TEXT ? `${cut(text, MOST_TEXT)}…` : text
}

/** What is to be bought, as the page shows it. */
function purchaseTable(
  { request }: NotificationFacts,
  language: Language,
): { table?: NotificationTable } {
  if (!request?.purchase) return {}
  const { currency, lines } = request.purchase
  const amounts = amountsOf(lines, currency)
  const rows = lines.map((line, index) => {
    const own = line.currency ?? currency
    const item = [line.item, line.supplier, line.costCentre].filter(Boolean).join(' · ')
    const quantity = numberIn(language, line.quantity)
    const price = moneyIn(language, line.unitPrice, own)
    const amount = moneyIn(language, amounts.lines[index] ?? '0', own)
    return {
      line: say(language, 'notification.approval.line', { item, quantity, price, amount }),
      cells: [item, quantity, price, amount],
    }
  })
  return {
    table: {
      head: [
        say(language, 'notification.approval.item'),
        say(language, 'notification.approval.quantity'),
        say(language, 'notification.approval.unitPrice'),
        say(language, 'notification.approval.lineAmount'),
      ],
      rows,
      totals: amounts.totals.map(({ amount, currency: own }) =>
        say(language, 'notification.approval.total', { amount: moneyIn(language, amount, own) }),
      ),
    },
  }
}

const purchaseStates = ['ordered', 'partlyReceived', 'received'] as const
const reasons = ['again', 'next-stage', 'delegated', 'deputy'] as const

function why(notification: NotificationFacts, language: Language): string {
  const reason = reasons.find((one) => one === notification.data['reason']) ?? 'first'
  return say(language, `notification.approval.why.${reason}`, {
    asker: factOf(notification, 'askedBy'),
    by: byOf(notification, language),
    names: names(notification),
  })
}

const rule = (notification: NotificationFacts, language: Language): string => {
  const name = factOf(notification, 'rule')
  return name && say(language, 'notification.approval.rule', { name })
}

function overdue(
  notification: NotificationFacts,
  language: Language,
  links: NotificationLinks,
): NotificationText {
  const deputy = factOf(notification, 'deputy')
  return {
    subject: say(language, 'notification.approval.overdue', { subject: subjectOf(notification) }),
    lines: [
      say(language, 'notification.approval.overdueText', { names: names(notification) }),
      deputy && say(language, 'notification.approval.deputyAsked', { deputy }),
    ].filter(Boolean),
    action: openTicket(language, links),
  }
}

/** The personal link. It is made here, when the mail is written, and kept nowhere. */
function decide(
  notification: NotificationFacts,
  language: Language,
  links: NotificationLinks,
): { label: string; url: string } {
  const subject = {
    ticket: String(notification.ticketNumber),
    approval: factOf(notification, 'approvalId'),
    round: String(notification.data['round']),
    approver: factOf(notification, 'approver'),
  }
  return {
    label: say(language, 'notification.approval.decide'),
    url: links.signed('approval', subject, new Date(factOf(notification, 'expires'))),
  }
}

function facts(notification: NotificationFacts, language: Language): string[] {
  const amount = notification.data['amount'] as
    { amount: string; currency: string } | null | undefined
  const further = (notification.data['furtherAmounts'] ?? []) as {
    amount: string
    currency: string
  }[]
  const amounts = [...(amount ? [amount] : []), ...further]
    .map((one) => moneyIn(language, one.amount, one.currency))
    .join(' + ')
  const deadline = factOf(notification, 'deadline')
  return [
    amount ? say(language, 'notification.approval.amount', { amount: amounts }) : '',
    deadline &&
      say(language, 'notification.approval.deadline', {
        moment: momentIn(language, new Date(deadline)),
      }),
  ].filter(Boolean)
}

const subjectOf = (notification: NotificationFacts): string => factOf(notification, 'subject')
const names = (notification: NotificationFacts): string =>
  Array.isArray(notification.data['waitingFor']) ? notification.data['waitingFor'].join(', ') : ''
