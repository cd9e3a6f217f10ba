/** Somebody pressed Ctrl-C, or asked the process to end. */
export class InterruptedError extends Error {
  readonly code = 'interrupted'
  constructor() {
    super('Interrupted.')
  }
}

/**
 * Rejects when the process is asked to end: whoever started a server or holds a file waits for this
 * beside its work, and tidies up.
 */
export const interrupted = new Promise<never>((_resolve, reject) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      reject(new InterruptedError())
    })
})
interrupted.catch(() => undefined)
