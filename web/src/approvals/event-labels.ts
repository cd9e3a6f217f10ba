import type { approvalEvents } from '../../../domain/approvals/events.ts'
import type { Sentences } from '../history/sentences.ts'
import { listed } from '../language/amounts.ts'
import { t } from '../language/language.svelte.ts'

const nameOf = ({ name, email }: { name: string; email: string }): string => name || email
const withComment = (text: string, comment: string): string =>
  comment ? t('approval.event.withComment', { text, comment }) : text
const askedNames = (
  stages: readonly { approvers: readonly { name: string; email: string }[] }[],
): string => listed(stages.flatMap(({ approvers }) => approvers.map(nameOf)))

/** Approval requests: the history in words. */
export const approvalEventLabels: Sentences<keyof typeof approvalEvents> = {
  approvalAsked: (who, d) =>
    d.rule
      ? t('approval.event.askedByRule', {
          rule: d.rule.name,
          subject: d.subject,
          names: askedNames(d.stages),
        })
      : t('approval.event.asked', { who, subject: d.subject, names: askedNames(d.stages) }),
  approvalRestarted: (who, d) =>
    t('approval.event.restarted', {
      who,
      subject: d.subject,
      names: askedNames(d.stages),
      round: d.round,
    }),
  approvalVoted: (_, d) =>
    withComment(
      t(`approval.event.voted.${d.decision}`, {
        who: nameOf(d.approver),
        subject: d.subject,
        from: t(`approval.from.${d.from.via}`, { ip: d.from.ip }),
      }),
      d.comment,
    ),
  approvalVoteRefused: (_, d) =>
    withComment(
      t(`approval.event.voteRefused.${d.decision}`, {
        who: nameOf(d.approver),
        subject: d.subject,
      }),
      d.comment,
    ),
  approvalStageReached: (_, d) =>
    t('approval.event.stageReached', { subject: d.subject, stage: d.stage + 1 }),
  approvalEnded: (_, d) => t(`approval.event.ended.${d.outcome}`, { subject: d.subject }),
  approvalWithdrawn: (who, d) =>
    withComment(t('approval.event.withdrawn', { who, subject: d.subject }), d.reason),
  approvalDelegated: (_, d) => {
    const facts = { who: nameOf(d.from), to: nameOf(d.to), subject: d.subject }
    return withComment(
      d.sentFrom
        ? t('approval.event.delegatedFrom', {
            ...facts,
            from: t(`approval.from.${d.sentFrom.via}`, { ip: d.sentFrom.ip }),
          })
        : t('approval.event.delegated', facts),
      d.reason,
    )
  },
  approvalReminded: (_, d) => t('approval.event.reminded', { subject: d.subject }),
  approvalEscalated: (_, d) => {
    const facts = { subject: d.subject, names: listed(d.waitingFor) }
    return d.deputy
      ? t('approval.event.escalated.deputy', { ...facts, deputy: nameOf(d.deputy) })
      : t('approval.event.escalated.nobody', facts)
  },
}
