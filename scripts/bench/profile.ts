import fs from 'node:fs'
import path from 'node:path'
import { openDatabase } from '../../platform/postgres/database.ts'
import { takeIn } from './backlog.ts'
import { corpus } from './corpus.ts'
import { monotonic, readProfiles, type SelfTime, type ThreadProfile } from './cpu-profile.ts'
import { openDesk } from './desk.ts'
import type { Figure } from './figure.ts'
import { type Dovecot, openAccount } from './mail-server.ts'
import { cpuByThread } from './process-accounting.ts'
import { type Guichet, type Servers, startGuichet } from './servers.ts'

const SHOWN = 14

/**
 * One backlog with the worker under V8's profiler, on a Guichet started for it. The profiler itself
 * costs some of the speed.
 * @returns CPU per mail by thread, and in words where each thread's time went.
 */
export async function measureProfile(
  servers: Servers,
  dovecot: Dovecot,
  mails: number,
  say: (line: string) => void,
): Promise<{ figures: Figure[]; text: string }> {
  const folder = path.join(servers.dataDir, 'profiles')
  fs.mkdirSync(folder)
  const guichet: Guichet = await startGuichet(servers, say, folder)
  const desk = await openDesk(guichet)
  const db = openDatabase(servers.databaseUrl, { connections: 1 })
  const address = 'profile@example.org'
  const account = openAccount(dovecot, 'profile')
  const backlog = corpus({ count: mails, seed: 4_000, address })
  for (const { raw } of backlog) account.deliver(raw)
  const pid = servers.children.pids['worker'] ?? 0
  const before = cpuByThread(pid)
  const from = monotonic()
  const { ms } = await takeIn(desk, db, account, backlog, address)
  const [to, after] = [monotonic(), cpuByThread(pid)]
  await db.close()
  // The profiles are written when the worker ends.
  await servers.children.stop()
  const figures = Object.entries(after).map(([name, total]): Figure => ({
    section: 'profile',
    id: `thread-${name}`,
    name: threadNames[name] ?? name,
    value: (total - (before[name] ?? 0)) / mails,
    unit: 'ms',
  }))
  say(`profiled at ${((mails / ms) * 1000).toFixed(1)} mails/s`)
  return {
    figures: figures.filter((f) => f.value >= 0.05).sort((a, b) => b.value - a.value),
    text: readProfiles(folder, { from, to }).map(describe).join('\n\n'),
  }
}

/** Linux names of threads; Node calls every thread of its own `node`. */
const threadNames: Record<string, string> = {
  main: 'Node, main thread',
  node: 'Node, workflow thread and its helpers',
  'tokio-runtime-w': 'Temporal’s core',
}

/**
 * Shares only: the profiler counts a thread that waits for a free core as busy, so on a busy
 * machine its milliseconds say too much.
 */
function describe({ thread, busyMs, packages, functions }: ThreadProfile): string {
  const line = ({ name, ms }: SelfTime): string =>
    `  ${((ms / busyMs) * 100).toFixed(1).padStart(5)} %  ${name.length > 110 ? `${name.slice(0, 109)}…` : name}`
  return [
    `Thread ${thread}, self time by package`,
    ...packages.slice(0, SHOWN).map(line),
    `Thread ${thread}, self time by function`,
    ...functions.slice(0, SHOWN).map(line),
  ].join('\n')
}
