// `npm start` as people run it: the launcher, which starts PostgreSQL, Temporal, a worker and an API,
// and starts again what dies.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { databaseUrl } from '../launch/postgres.mjs'
import { eventually } from '../../tests/harness/eventually.ts'
import { signalTree } from '../../tests/harness/process-tree.ts'
import { LauncherSite } from '../../tests/scripts/launcher.ts'
import { siteClock } from './clock.ts'
import { startMailServers } from './mail-servers.ts'
import { type Part, type Site } from './site.ts'

/** Its own file system's size: what a desk of a few hours needs, several times. */
const DISK = '3g'

export async function openEmbeddedSite(): Promise<Site> {
  const mail = await startMailServers()
  const launcher = await LauncherSite.open()
  const disk = mountDisk(launcher.dataDir)
  const clock = siteClock()
  const remove = async (): Promise<void> => {
    clock.remove()
    unmountDisk(disk)
    await launcher.remove()
    await mail.remove()
  }
  let launched: Awaited<ReturnType<LauncherSite['launchReady']>>
  try {
    launched = await launcher.launchReady(clock.env)
  } catch (error) {
    await remove()
    throw error
  }
  const part = (name: string): Part => childOf(launcher, name)
  const relaunch: Part = {
    pid: () => launched.process.pid,
    kill: async () => {
      launched.process.kill('SIGKILL')
      await launched.ended
    },
    revive: async () => {
      launched = await launcher.launchReady(clock.env)
    },
    freeze: () => launched.process.kill('SIGSTOP'),
    goOn: () => launched.process.kill('SIGCONT'),
  }
  return {
    kind: 'embedded',
    apis: [launcher.url],
    receivers: [launcher.ports.smtp],
    databaseUrl: databaseUrl(launcher.dataDir, launcher.ports.postgres),
    temporalAddress: `127.0.0.1:${launcher.ports.temporal}`,
    namespace: 'default',
    parts: {
      worker: part('worker'),
      api: part('api'),
      postgres: part('postgres'),
      temporal: part('temporal'),
      launcher: relaunch,
    },
    ways: { imap: mail.imap, smtp: mail.smtp },
    dovecot: mail.dovecot,
    peer: mail.peer,
    temporalFolder: launcher.dataDir,
    disk,
    setClock: clock.set,
    get lines() {
      return launched.output().split('\n').slice(-60)
    },
    stop: async () => {
      launched.process.kill('SIGTERM')
      await launched.ended
      await remove()
    },
  }
}

/** A child of the launcher, which starts it again by itself. */
function childOf(launcher: LauncherSite, name: string): Part {
  const pid = (): number | undefined => launcher.children()[name]
  let killed: number | undefined
  const signal = (how: NodeJS.Signals): void => {
    const found = pid()
    if (found !== undefined) signalTree(found, how)
  }
  return {
    pid,
    kill: async () => {
      killed = pid()
      if (killed === undefined) return
      // SIGQUIT is PostgreSQL's own immediate shutdown: killed outright it would leave its shared
      // memory.
      process.kill(killed, name === 'postgres' ? 'SIGQUIT' : 'SIGKILL')
      await eventually(`${name} has ended`, () => !fs.existsSync(`/proc/${killed}/exe`))
    },
    revive: async () => {
      await eventually(`another ${name}`, () => {
        const found = pid()
        return found !== undefined && found !== killed
      })
    },
    freeze: () => {
      signal('SIGSTOP')
    },
    goOn: () => {
      signal('SIGCONT')
    },
  }
}

/** A file system in memory, where this user may mount one. */
function mountDisk(folder: string): Site['disk'] {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return { without: 'only root may mount a file system of its own on Linux' }
  fs.mkdirSync(folder, { recursive: true, mode: 0o711 })
  const { status, stderr } = spawnSync(
    'mount',
    ['-t', 'tmpfs', '-o', `size=${DISK},mode=711`, 'guichet-faults', folder],
    { encoding: 'utf8' },
  )
  return status === 0 ? { folder } : { without: stderr.trim() || 'mount is not there' }
}

function unmountDisk(disk: Site['disk']): void {
  if ('folder' in disk) spawnSync('umount', ['--lazy', disk.folder])
}
