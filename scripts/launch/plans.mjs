// How each child is started, when it counts as ready, and how it is stopped.
import { Readable } from 'node:stream'
import { projectRoot } from '../environment.mjs'
import * as postgres from './postgres.mjs'
import * as temporal from './temporal.mjs'

/** @typedef {import('./children.mjs').ChildPlan} ChildPlan */

/**
 * @param {string} dataDir
 * @param {string} clusterFolder
 * @param {number} port
 * @param {Record<string, string>} [settings] of the server, in place of ours
 * @returns {ChildPlan}
 */
export const postgresPlan = (dataDir, clusterFolder, port, settings) => ({
  name: 'postgres',
  port: { number: port, variable: 'POSTGRES_PORT', purpose: 'PostgreSQL' },
  command: () => postgres.serverCommand(dataDir, clusterFolder, port, settings),
  ready: (pid) => postgres.isReady(clusterFolder, pid),
  stopSignal: 'SIGINT',
  stopTimeout: 30_000,
  output: 'file',
})

/**
 * A server of another version, for as long as an upgrade reads from it.
 * @param {string} bin
 * @param {string} dataDir
 * @param {string} clusterFolder
 * @param {number} port
 * @returns {ChildPlan}
 */
export const otherPostgresPlan = (bin, dataDir, clusterFolder, port) => ({
  ...postgresPlan(dataDir, clusterFolder, port),
  command: () => postgres.otherServerCommand(bin, dataDir, clusterFolder, port),
})

/**
 * @param {Parameters<typeof temporal.serverCommand>[0]} where
 * @returns {ChildPlan}
 */
export const temporalPlan = (where) => ({
  name: 'temporal',
  port: { number: where.port, variable: 'TEMPORAL_PORT', purpose: 'the Temporal server' },
  command: () => temporal.serverCommand(where),
  ready: () => temporal.isServing(`127.0.0.1:${where.port}`),
  stopSignal: 'SIGTERM',
  stopTimeout: 15_000,
  output: 'file',
})

/**
 * Without these a process keeps several hundred megabytes after a burst of mail: V8 grows its young
 * generation by what comes, and glibc keeps a heap for each thread (MALLOC_ARENA_MAX). Neither
 * costs speed here: docs/performance.md.
 */
const frugal = ['--max-semi-space-size=8']

/**
 * One of our own two processes.
 * @param {'api' | 'worker'} name
 * @param {NodeJS.ProcessEnv} env
 * @param {() => Promise<boolean> | boolean} ready
 * @param {(line: string) => void} onLine
 * @returns {ChildPlan}
 */
export const processPlan = (name, env, ready, onLine) => ({
  name,
  command: () => ({
    command: process.execPath,
    args: [...frugal, '--enable-source-maps', `${projectRoot}dist/${name}.mjs`],
    env: definedOnly({ MALLOC_ARENA_MAX: '2', ...env }),
  }),
  ready,
  stopSignal: 'SIGTERM',
  stopTimeout: 20_000,
  output: 'lines',
  onLine,
})

/**
 * @param {string} url
 * @returns {Promise<{status: number, body: string}>} status 0 when nothing answers
 */
export async function ask(url) {
  const http = await import('node:http')
  return new Promise((resolve) => {
    const request = http.get(url, { timeout: 5_000 }, async (answer) => {
      const chunks = await Readable.from(answer)
        .toArray()
        .catch(() => [])
      resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') })
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve({ status: 0, body: '' }))
  })
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {Record<string, string>}
 */
const definedOnly = (env) =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
