import { startBareBaseline } from './bare-baseline.ts'
import type { Desk } from './desk.ts'
import type { Figure } from './figure.ts'
import type { Servers } from './servers.ts'
import { latencies, type Latencies } from './statistics.ts'
import { timed } from './timed.ts'

const TICKETS = 16
const AT_ONCE = 8
const PRIORITIES = ['low', 'high', 'urgent', 'normal'] as const

/**
 * From a person's command until the API's answer, one at a time and several at once, each on another
 * ticket. The limit: a bare workflow's update with one insert, which is the least that Temporal
 * itself can answer a command with.
 * @param commands how many of each kind.
 */
export async function measureCommands(
  servers: Servers,
  desk: Desk,
  commands: number,
): Promise<Figure[]> {
  const departmentId = await desk.openDepartment('Bench commands')
  const numbers: number[] = []
  for (let i = 0; i < TICKETS; i++) {
    const { number } = await desk.api.post<{ number: number }>('/tickets', {
      subject: `Command ${i}`,
      text: 'Please.',
      departmentId,
      requester: { email: 'anna@example.com' },
    })
    numbers.push(number)
  }
  const command = (i: number): Promise<unknown> =>
    desk.api.patch(`/tickets/${numbers[i % TICKETS]}`, {
      priority: PRIORITIES[Math.floor(i / TICKETS) % PRIORITIES.length],
    })
  await timed(command, 2 * TICKETS, 1)
  const [alone, busy] = [await timed(command, commands, 1), await timed(command, commands, AT_ONCE)]
  const bare = await startBareBaseline(servers, undefined, 'bare-commands')
  try {
    const workflows = Array.from({ length: commands }, (_, i) => i % TICKETS)
    const update = async (series: string, inFlight: number): Promise<Latencies> =>
      latencies(
        (await bare.run({ series, workflows, inFlight, ends: false, by: 'update' })).latencies,
      )
    await update('commands-warm', 1)
    return [
      ...figures('', '', alone, await update('commands-alone', 1)),
      ...figures('-8', `, ${AT_ONCE} at once`, busy, await update('commands-busy', AT_ONCE)),
    ]
  } finally {
    await bare.stop()
  }
}

function figures(id: string, name: string, taken: Latencies, bare: Latencies): Figure[] {
  const [section, unit] = ['commands', 'ms'] as const
  return (['p50', 'p99'] as const).map((share) => ({
    section,
    id: `priority${id}-${share}`,
    name: `Another priority${name}, ${share}`,
    value: taken[share],
    unit,
    limit: { name: 'a bare workflow’s update', value: bare[share] },
  }))
}
