import type { Colleague, Department } from '../../../domain/people/contract.ts'
import type { Priority, TicketStatus } from '../../../domain/vocabulary.ts'
import type { Schema } from '../api/client.ts'
import { t } from '../language/language.svelte.ts'
import type { Choice } from './Picker.svelte'
import { priorityStyles, statusStyles } from './ticket-styles.ts'

/** The values of a ticket's properties as choices of a Picker, in the page's language. */
export const statusChoices = (statuses: readonly TicketStatus[]): Choice[] =>
  statuses.map((status) => ({
    value: status,
    label: t(`status.${status}`),
    icon: statusStyles[status].icon,
    ink: statusStyles[status].ink,
  }))

export const priorityChoices = (priorities: readonly Priority[]): Choice[] =>
  [...priorities].reverse().map((priority) => ({
    value: priority,
    label: t(`priority.${priority}`),
    icon: priorityStyles[priority].icon,
    ink: priorityStyles[priority].ink,
  }))

export const departmentChoices = (
  departments: readonly Pick<Department, 'id' | 'name'>[],
): Choice[] => departments.map(({ id, name }) => ({ value: id, label: name }))

/** Those who can own a ticket. An approver decides and does not work. */
export const assignable = (users: readonly Colleague[]): Colleague[] =>
  users.filter((user) => user.active !== false && user.role !== 'approver')

export const personChoices = (
  users: readonly Pick<Colleague, 'id' | 'name' | 'email'>[],
): Choice[] =>
  users.map((user) => ({
    value: user.id,
    label: user.name || user.email,
    hint: user.email,
    person: user,
  }))

/** Categories with the way to them: "Network › VPN". A department's own only there. */
export function categoryChoices(
  categories: readonly Schema<'Category'>[],
  departmentId?: string,
): Choice[] {
  const byId = new Map(categories.map((category) => [category.id, category]))
  const path = (category: Schema<'Category'>, depth = 0): string => {
    const parent = category.parentId && depth < 8 ? byId.get(category.parentId) : undefined
    return parent ? `${path(parent, depth + 1)} › ${category.name}` : category.name
  }
  /** A category inside one that is for a department only is for that department too. */
  const only = (category: Schema<'Category'>, depth = 0): string | null => {
    const parent = category.parentId && depth < 8 ? byId.get(category.parentId) : undefined
    return category.departmentId ?? (parent ? only(parent, depth + 1) : null)
  }
  return categories
    .filter(
      (category) => departmentId === undefined || (only(category) ?? departmentId) === departmentId,
    )
    .map((category) => ({ value: category.id, label: path(category) }))
    .sort((a, b) => a.label.localeCompare(b.label))
}
