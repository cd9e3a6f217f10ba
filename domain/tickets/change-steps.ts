import type { CommandName, CommandPayload } from '../commands.ts'
import type { CategoryRef, DepartmentRef } from '../vocabulary.ts'
import type { TicketChange } from './contract.ts'

/** One of the commands that a change comes to: a step of `changeProperties`. */
export type ChangeStep = {
  [N in CommandName]: { name: N; payload: CommandPayload<N>; optional?: true; bySystem?: true }
}[CommandName]

const step = <N extends CommandName>(
  name: N,
  payload: CommandPayload<N>,
  more: Pick<ChangeStep, 'optional' | 'bySystem'> = {},
): ChangeStep => ({ name, payload, ...more }) as ChangeStep

/** Everything that a change names, looked up; undefined where it does not name it. */
export interface ChangeFacts {
  department: DepartmentRef | undefined
  location: CommandPayload<'setLocation'>['location'] | undefined
  category: CategoryRef | null | undefined
  /** That come with the category. */
  tasks: readonly CommandPayload<'addTask'>[]
  /** That rules want of the ticket where it is then. */
  approvals: readonly CommandPayload<'askApproval'>[]
  owner: CommandPayload<'changeOwner'>['owner'] | undefined
  resolution: Pick<CommandPayload<'changeResolution'>, 'resolution' | 'resolutionNames'> | undefined
  /** What stands in the way of ending it. */
  ending: Pick<CommandPayload<'changeStatus'>, 'requiredFields' | 'blockers'>
}

/**
 * The commands that a change comes to, in their order, to be done all or none.
 * @param change with what its category brings.
 */
export function stepsOfChange(
  { subject, status, priority, overrideReason }: TicketChange,
  { department, location, category, tasks, approvals, owner, resolution, ending }: ChangeFacts,
): ChangeStep[] {
  return [
    ...(department ? [step('changeDepartment', { department })] : []),
    ...(subject === undefined ? [] : [step('changeSubject', { subject })]),
    ...(priority === undefined ? [] : [step('changePriority', { priority })]),
    // Before the category, whose tasks are given to people who see the ticket where it is then.
    ...(location === undefined ? [] : [step('setLocation', { location })]),
    ...(category === undefined ? [] : [step('changeCategory', { category })]),
    // One that the ticket refuses stays away: the category is set nonetheless.
    ...tasks.map((task) => step('addTask', task, { optional: true })),
    // Before the status: nobody gets past a rule by solving the ticket in the same breath.
    ...approvals.map((asked) => step('askApproval', asked, { optional: true, bySystem: true })),
    ...(owner === undefined ? [] : [step('changeOwner', { owner })]),
    ...(status === undefined
      ? resolution
        ? [step('changeResolution', resolution)]
        : []
      : [
          step('changeStatus', {
            status,
            reason: 'agent',
            ...resolution,
            ...ending,
            ...(overrideReason === undefined ? {} : { overrideReason }),
          }),
        ]),
  ]
}
