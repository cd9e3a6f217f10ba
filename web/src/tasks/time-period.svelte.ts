import type { TotalsBy } from '../../../domain/tasks/time-contract.ts'
import { localMoment } from './durations.ts'
import type { TimeFilter } from './queries.ts'

/** By what worked time is summed up. */
export const sums: readonly TotalsBy[] = ['person', 'department', 'ticket']

const today = (): string => localMoment(new Date().toISOString()).slice(0, 10)

/** The reader's day, as the moment of its beginning; undefined while none is written. */
function beginOf(day: string, daysLater = 0): string | undefined {
  const [year, month, date] = day.split('-').map(Number)
  return year && month && date
    ? new Date(year, month - 1, date + daysLater).toISOString()
    : undefined
}

/** Which worked time is looked at: from the first of this month until today, until others are chosen. */
export class TimePeriod {
  from = $state(`${today().slice(0, 8)}01`)
  /** The last day, which is included. */
  to = $state(today())
  department = $state('')
  person = $state('')
  readonly filter = $derived.by((): TimeFilter => {
    const [begin, end] = [beginOf(this.from), beginOf(this.to, 1)]
    return {
      ...(begin ? { from: begin } : {}),
      ...(end ? { to: end } : {}),
      ...(this.department ? { department: this.department } : {}),
      ...(this.person ? { person: this.person } : {}),
    }
  })
}
