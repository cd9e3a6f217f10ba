import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import readline from 'node:readline'
import { projectRoot } from '../environment.mjs'
import { freePort } from '../launch/ports.mjs'
import type { Figure } from './figure.ts'
import { startServers, temporaryFolder } from './servers.ts'

const TIMEOUT = 120_000

/**
 * `npm start` to the line that says it is ready: on an empty DATA_DIR with everything installed and
 * built, and again on its data. The limit: both servers alone, started one after the other in the
 * same way.
 */
export async function measureStart(onFatal: (error: Error) => void): Promise<Figure[]> {
  const bareDir = temporaryFolder()
  const dataDir = path.join(temporaryFolder(), 'data')
  try {
    const limits: number[] = []
    const measured: number[] = []
    for (let i = 0; i < 2; i++) {
      const servers = await startServers(onFatal, bareDir)
      limits.push(servers.startSeconds)
      await servers.stop(true)
      measured.push(await start(dataDir))
    }
    const section = 'start'
    const figure = (id: string, name: string, i: number): Figure => ({
      section,
      id,
      name,
      value: measured[i] ?? NaN,
      unit: 's',
      limit: { name: 'PostgreSQL and Temporal alone', value: limits[i] ?? NaN },
    })
    return [
      figure('cold', 'First start (installed and built)', 0),
      figure('second', 'Second start', 1),
    ]
  } finally {
    fs.rmSync(bareDir, { recursive: true, force: true })
    fs.rmSync(path.dirname(dataDir), { recursive: true, force: true })
  }
}

/** @returns seconds until it said that it is ready; then it is stopped as Ctrl-C stops it. */
async function start(dataDir: string): Promise<number> {
  const [port, uiPort, smtpPort] = [
    await freePort('127.0.0.1'),
    await freePort('127.0.0.1'),
    await freePort('127.0.0.1'),
  ]
  const env = {
    ...process.env,
    DATA_DIR: dataDir,
    PORT: String(port),
    TEMPORAL_UI_PORT: String(uiPort),
    SMTP_RECEIVER_PORT: String(smtpPort),
    DATABASE_URL: '',
    TEMPORAL_ADDRESS: '',
  }
  const begun = performance.now()
  // A process group of its own, as a terminal gives it: the signal below reaches npm and the
  // launcher as Ctrl-C does.
  const child = spawn('npm', ['start'], {
    cwd: projectRoot,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const lines: string[] = []
  try {
    return await new Promise<number>((resolve, reject) => {
      const give = (why: string): void => {
        reject(new Error(`npm start ${why}:\n${lines.slice(-20).join('\n')}`))
      }
      const timer = setTimeout(() => {
        give(`is not ready after ${TIMEOUT / 1000} s`)
      }, TIMEOUT)
      child.once('exit', (code) => {
        give(`ended (${code})`)
      })
      for (const stream of [child.stdout, child.stderr])
        readline.createInterface({ input: stream }).on('line', (line) => {
          lines.push(line)
          if (!line.startsWith('Ready after')) return
          clearTimeout(timer)
          resolve((performance.now() - begun) / 1000)
        })
    })
  } finally {
    if (child.exitCode === null && child.pid) process.kill(-child.pid, 'SIGINT')
    await ended
  }
}
