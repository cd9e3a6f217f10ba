import type { taskEvents } from '../../../domain/tasks/events.ts'
import type { PlainlyTold, Sentences } from '../history/sentences.ts'
import { t } from '../language/language.svelte.ts'
import { momentTime } from '../language/times.ts'
import { duration } from './durations.ts'

const titles = (tasks: readonly { title: string }[]): string =>
  tasks.map(({ title }) => t('tasks.quoted', { title })).join(', ')
/** Somebody's own time, or an admin's work on another's. */
const whose = (
  actor: { kind: string; id?: string },
  person: { id: string; name: string },
): string => (actor.id === person.id ? '' : ` (${person.name})`)

/** Tasks and the time recorded on them: the history in words. */
export const taskEventLabels: Sentences<Exclude<keyof typeof taskEvents, PlainlyTold>> = {
  taskAdded: (who, d) => {
    if (d.template === null) return t('tasks.event.taskAdded', { who, title: d.title })
    const { title, template, notAssigned } = d
    return notAssigned === undefined
      ? t('tasks.event.taskAddedByTemplate', { who, title, template })
      : t('tasks.event.taskAddedUnassigned', { who, title, template, name: notAssigned })
  },
  taskAssigned: (who, d) =>
    d.to === null
      ? t('tasks.event.taskUnassigned', { who, title: d.title })
      : t('tasks.event.taskAssigned', { who, title: d.title, name: d.to.name }),
  taskDueChanged: (who, d) =>
    d.to === null
      ? t('tasks.event.taskDueRemoved', { who, title: d.title })
      : t('tasks.event.taskDueChanged', { who, title: d.title, when: momentTime(d.to) }),
  taskRequirementChanged: (who, d) =>
    t(d.required ? 'tasks.event.taskRequired' : 'tasks.event.taskNotRequired', {
      who,
      title: d.title,
    }),
  taskAfterChanged: (who, d) =>
    d.after.length === 0
      ? t('tasks.event.taskAfterNone', { who, title: d.title })
      : t('tasks.event.taskAfterChanged', { who, title: d.title, others: titles(d.after) }),
  checklistItemTicked: (who, d) =>
    t(d.done ? 'tasks.event.checklistItemTicked' : 'tasks.event.checklistItemUnticked', {
      who,
      title: d.title,
      text: d.text,
    }),
  taskCancelled: (who, d) =>
    d.reason === ''
      ? t('tasks.event.taskCancelled', { who, title: d.title })
      : t('tasks.event.taskCancelledBecause', { who, title: d.title, reason: d.reason }),
  tasksOverridden: (who, d) =>
    t('tasks.event.tasksOverridden', { who, titles: titles(d.tasks), reason: d.reason }),
  clockStarted: (who, d) =>
    d.title === null
      ? t('tasks.event.clockStarted', { who })
      : t('tasks.event.clockStartedOn', { who, title: d.title }),
  clockStopped: (who, d, actor) =>
    d.title === null
      ? t('tasks.event.clockStopped', { who, whose: whose(actor, d.person) })
      : t('tasks.event.clockStoppedOn', { who, title: d.title, whose: whose(actor, d.person) }),
  timeRecorded: (_, d) =>
    d.title === null
      ? t('tasks.event.timeRecorded', { name: d.person.name, duration: duration(d.minutes) })
      : t('tasks.event.timeRecordedOn', {
          name: d.person.name,
          title: d.title,
          duration: duration(d.minutes),
        }),
  timeCorrected: (who, d, actor) =>
    t('tasks.event.timeCorrected', {
      who,
      from: duration(d.from.minutes),
      to: duration(d.to.minutes),
      whose: whose(actor, d.person),
    }),
  timeRemoved: (who, d, actor) =>
    t('tasks.event.timeRemoved', {
      who,
      duration: duration(d.minutes),
      whose: whose(actor, d.person),
    }),
}
