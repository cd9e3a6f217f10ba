import UsersRound from '@lucide/svelte/icons/users-round'
import type { Colleague, Department } from '../../../domain/people/contract.ts'
import { assignable, personChoices } from '../components/choices.ts'
import type { Choice } from '../components/Picker.svelte'
import { t } from '../language/language.svelte.ts'

/** Who is to do a task, as the API takes it. */
export interface AssigneeIds {
  assigneeId: string | null
  teamId: string | null
}

const NOBODY = 'none'
const TEAM = 'team-'

/** Nobody, the people and the teams as choices of a Picker. */
export const assigneeChoices = (
  people: readonly Colleague[],
  departments: readonly Pick<Department, 'id' | 'name'>[],
): Choice[] => [
  { value: NOBODY, label: t('tasks.nobody'), person: null },
  ...personChoices(assignable(people)),
  ...departments.map((one): Choice => ({
    value: `${TEAM}${one.id}`,
    label: one.name,
    hint: t('tasks.team'),
    icon: UsersRound,
  })),
]

/** @returns the choice that means them. */
export const assigneeValue = ({ assigneeId, teamId }: AssigneeIds): string =>
  assigneeId ?? (teamId === null ? NOBODY : `${TEAM}${teamId}`)

/** @returns whom a choice means. */
export const assigneeIds = (value: string): AssigneeIds => ({
  assigneeId: value === NOBODY || value.startsWith(TEAM) ? null : value,
  teamId: value.startsWith(TEAM) ? value.slice(TEAM.length) : null,
})
