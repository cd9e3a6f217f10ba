import fs from 'node:fs'

/** @returns the processes that this one has started and that still run. Linux only. */
export function childrenOf(parent: number): number[] {
  return fs.readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      // pid (name) state ppid: the name may hold anything.
      const after = fs.readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1) ?? ''
      return Number(after.split(' ')[1]) === parent ? [Number(name)] : []
    } catch {
      return []
    }
  })
}

/** To a server first, so that it starts no more of them, then to the processes that it has started. */
export function signalTree(server: number, signal: NodeJS.Signals): void {
  for (const pid of [server, ...childrenOf(server)]) {
    try {
      process.kill(pid, signal)
    } catch {
      // One that has just ended needs none.
    }
  }
}
