import type { TemplateLine } from '../../../domain/tasks/contract.ts'
import type { Schema } from '../api/client.ts'
import { numberFrom, typedDecimal } from '../language/typed-numbers.ts'
import { assigneeIds, assigneeValue } from './assignee-choices.ts'

/**
 * A line of a template as a form holds it: others are named by their key, so that taking one away
 * leaves the rest right.
 */
export interface TemplateLineForm {
  key: string
  id?: string
  title: string
  required: boolean
  dueInHours: string
  after: string[]
  /** A value of `assigneeChoices`. */
  assignee: string
}

let made = 0
export const emptyLine = (): TemplateLineForm => ({
  key: `new-${++made}`,
  title: '',
  required: false,
  dueInHours: '',
  after: [],
  assignee: assigneeValue({ assigneeId: null, teamId: null }),
})

export const linesOf = (lines: readonly TemplateLine[]): TemplateLineForm[] =>
  lines.map(({ id, title, required, dueInHours, after, assigneeId, teamId }) => ({
    key: id,
    id,
    title,
    required,
    dueInHours: dueInHours === null ? '' : typedDecimal(dueInHours),
    after: after.flatMap((index) => lines[index]?.id ?? []),
    assignee: assigneeValue({ assigneeId, teamId }),
  }))

/** @returns the lines with a title, as the API takes them. */
export function writtenLines(
  lines: readonly TemplateLineForm[],
): Schema<'NewTaskTemplate'>['lines'] {
  const written = lines.filter(({ title }) => title.trim() !== '')
  return written.map(({ id, title, required, dueInHours, after, assignee }, index) => ({
    ...(id ? { id } : {}),
    title,
    required,
    dueInHours: numberFrom(dueInHours, `/lines/${index}/dueInHours`),
    after: after
      .map((key) => written.findIndex((one) => one.key === key))
      .filter((earlier) => earlier !== -1 && earlier < index),
    ...assigneeIds(assignee),
  }))
}
