// A worker process that is killed (SIGKILL, by itself) the moment a commit of certain events is
// through: neither the workflow nor Temporal hears of it.
// Arguments: the database, the namespace, the events' types.
import type { PersistBatch } from '../../../workflows/ticket/activities.ts'
import { WholeWorkers } from './whole-worker.ts'

const [databaseUrl = '', namespace = '', ...types] = process.argv.slice(2)
const workers = await WholeWorkers.join(databaseUrl, namespace)
await workers.start(({ persistEvents }) => ({
  persistEvents: async (batch: PersistBatch) => {
    const outcome = await persistEvents(batch)
    if (outcome?.written !== false && batch.events.some((event) => types.includes(event.type)))
      process.kill(process.pid, 'SIGKILL')
    return outcome
  },
}))
