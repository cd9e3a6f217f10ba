import { bundleWorkflowCode } from '@temporalio/worker'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BareInput, BareOutcome, BareSetup } from './bare-worker.ts'
import type { Servers } from './servers.ts'

/** The limit that Temporal sets: a bare workflow per mail, on the same servers as Guichet. */
export interface BareBaseline {
  pid: number
  run: (input: BareInput) => Promise<BareOutcome>
  stop: () => Promise<void>
}

/** The fastest of the settings tried; see docs/performance.md. */
export const BARE_OPTIONS = { maxCachedWorkflows: 2000, workflowThreadPoolSize: 1, connections: 12 }

export async function startBareBaseline(
  servers: Servers,
  options = BARE_OPTIONS,
  taskQueue = 'bare',
): Promise<BareBaseline> {
  const bundle = path.join(servers.dataDir, 'bare-workflow-bundle.js')
  if (!fs.existsSync(bundle)) fs.writeFileSync(bundle, await bundled())
  const setup: BareSetup = {
    ...options,
    databaseUrl: servers.databaseUrl,
    temporalAddress: servers.temporalAddress,
    namespace: servers.namespace,
    taskQueue,
    bundle,
  }
  const child = fork(
    fileURLToPath(new URL('./bare-worker.ts', import.meta.url)),
    [JSON.stringify(setup)],
    { execArgv: ['--import', 'tsx'], env: { ...process.env, NODE_ENV: 'production' } },
  )
  await message(child)
  return {
    pid: child.pid ?? 0,
    run: async (input) => {
      child.send(input)
      return (await message(child)) as BareOutcome
    },
    stop: async () => {
      if (child.exitCode !== null) return
      child.disconnect()
      await once(child, 'exit')
    },
  }
}

const WORKFLOW = fileURLToPath(new URL('./bare-workflow.ts', import.meta.url))

/** Evaluated once per worker instead of once per workflow. */
const PRELOADED = ['@temporalio/workflow', '@temporalio/common', WORKFLOW]

/**
 * The workflow's code, made ahead as Guichet's is, so that no bundler runs in the measured process.
 */
async function bundled(): Promise<string> {
  const silent = {
    trace() {},
    debug() {},
    info() {},
    log() {},
    warn: console.error,
    error: console.error,
  }
  const { code } = await bundleWorkflowCode({
    workflowsPath: WORKFLOW,
    logger: silent,
    preloadModules: PRELOADED,
  })
  return code
}

function message(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => {
      reject(new Error(`the bare worker ended (${code})`))
    }
    child.once('exit', ended)
    child.once('message', (said) => {
      child.off('exit', ended)
      resolve(said)
    })
  })
}
