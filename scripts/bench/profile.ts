import fs from 'node:fs'
import path from 'node:path'
import pg from 'pg'
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
 * One backlog with the worker under V8's profiler, on a Guichet started for it. The profiler itself costs some of the speed.
 * @returns CPU per mail by thread, and in words where each thread's time went.
 */
export async function measureProfile(servers: Servers, dovecot: Dovecot, mails: number, say: (line: string) => void): Promise<{ figures: Figure[]; text: string }> {
  const folder = path.join(servers.dataDir, 'profiles')
  fs.mkdirSync(folder)
  const guichet: Guichet = await startGuichet(servers, say, folder)
  const desk = await openDesk(guichet)
  const db = new pg.Pool({ connectionString: servers.databaseUrl, max: 1 })
  const address = 'profile@example.org'
  const account = openAccount(dovecot, 'profile')
  const backlog = corpus({ count: mails, seed: 4_000, address })
  for (const { raw } of backlog) account.deliver(raw)
  const pid = servers.children.pids['worker'] ?? 0
  const before = cpuByThread(pid)
  const from = monotonic()
  const { ms } = await takeIn(desk, db, account, backlog, address)
  const [to, after] = [monotonic(), cpuByThread(pid)]
  await db.end()
  // The profiles are written when the worker ends.
  await servers.children.stop()
  const figures = Object.entries(after).map(([name, total]): Figure => ({ section: 'profile', id: `thread-${name}`, name: threadNames[name] ?? name, value: (total - (before[name] ?? 0)) / mails, unit: 'ms' }))
  say(`profiled at ${((mails / ms) * 1000).toFixed(1)} mails/s`)
  return { figures: figures.filter((f) => f.value >= 0.05).sort((a, b) => b.value - a.value), text: readProfiles(folder, { from, to }).map((p) => words(p, mails)).join('\n\n') }
}

/** Linux names of threads; Node calls every thread of its own `node`. */
const threadNames: Record<string, string> = { main: 'Node, main thread', node: 'Node, workflow thread and its helpers', 'tokio-runtime-w': 'Temporal’s core' }

function words({ thread, busyMs, packages, functions }: ThreadProfile, mails: number): string {
  const line = ({ name, ms }: SelfTime): string => `  ${(ms / mails).toFixed(2).padStart(6)} ms/mail  ${String(Math.round((ms / busyMs) * 100)).padStart(3)} %  ${name}`
  return [
    `Thread ${thread}: ${(busyMs / mails).toFixed(2)} ms per mail`,
    ' by package (self time)', ...packages.slice(0, SHOWN).map(line), ' by function (self time)', ...functions.slice(0, SHOWN).map(line),
  ].join('\n')
}
