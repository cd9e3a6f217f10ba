import type { TimeEntry } from '../../../domain/tasks/time-contract.ts'

let entry = $state<TimeEntry | null>(null)

/**
 * The time that a clock has just recorded, while its person says more of it: DescribeTime.svelte.
 * It outlives the button that stopped the clock.
 */
export const describing = {
  get entry(): TimeEntry | null {
    return entry
  },
  begin(recorded: TimeEntry): void {
    entry = recorded
  },
  end(): void {
    entry = null
  },
}
