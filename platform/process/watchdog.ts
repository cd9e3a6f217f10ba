import { Worker } from 'node:worker_threads'
import type { Logger } from 'pino'

/** A process that has not come to anything for this long comes to nothing any more. Seconds. */
const STUCK_AFTER = 60

/**
 * Ends this process when its event loop stands still for a minute: it holds connections and locks,
 * answers nobody, and hears no signal. Whatever started it starts it again. A thread watches, because
 * the loop cannot; time in which the whole process was stopped, or the machine slept, counts for
 * nothing.
 * @param seconds after which it is ended.
 */
export function endWhenStuck(log: Pick<Logger, 'error'>, seconds = STUCK_AFTER): void {
  const turns = new Int32Array(new SharedArrayBuffer(4))
  const thread = new Worker(WATCH, {
    eval: true,
    execArgv: [],
    workerData: { turns, seconds },
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2 },
  })
  thread.on('error', (error) => {
    log.error({ err: error }, 'nobody watches whether this process stands still')
  })
  thread.unref()
  setInterval(() => {
    Atomics.add(turns, 0, 1)
  }, 1_000).unref()
}

/** The thread: each second that passes for it and not for the loop is counted. */
const WATCH = `
const { workerData: { turns, seconds } } = require('node:worker_threads')
let seen = -1
let still = 0
for (;;) {
  Atomics.wait(turns, 0, turns[0], 1000)
  const now = Atomics.load(turns, 0)
  still = now === seen ? still + 1 : 0
  seen = now
  if (still < seconds) continue
  require('node:fs').writeSync(2, 'The event loop of process ' + process.pid + ' has stood still for ' + seconds + ' s: it is ended.\\n')
  process.kill(process.pid, 'SIGKILL')
}
`
