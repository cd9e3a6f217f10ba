import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Client } from '@temporalio/client'
import { eventually } from '../../harness/eventually.ts'
import { unreleased } from './histories.ts'

/**
 * Stack traces in a history name files by it; where they lie on this machine is nobody's business.
 */
const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Keeps every run of a workflow: one that was ended, or has ended, goes on in another. */
export async function keep(from: Client, workflowId: string, name: string): Promise<void> {
  const runs = await runsOf(from, workflowId)
  for (const [index, runId] of runs.entries())
    await keepRun(from, workflowId, runId, index === 0 ? name : `${name}-${index + 1}`)
}

/** Keeps one workflow of a type whose workflows end by themselves: the one with the longest life. */
export async function keepLongest(from: Client, type: string): Promise<void> {
  const query = `WorkflowType = '${type}' AND ExecutionStatus = 'Completed'`
  let longest: { workflowId: string; runId: string; historyLength: number } | undefined
  await eventually(`a ${type} has ended`, async () => {
    for await (const run of from.workflow.list({ query }))
      if (!longest || run.historyLength > longest.historyLength) longest = run
    return longest !== undefined
  })
  const { workflowId, runId } = longest!
  await keepRun(from, workflowId, runId, type)
}

/** @returns the ids of a workflow's runs, the first one first. */
async function runsOf(from: Client, workflowId: string): Promise<string[]> {
  let runs: { runId: string; startTime: Date }[] = []
  await eventually('its runs are listed', async () => {
    runs = []
    for await (const run of from.workflow.list({ query: `WorkflowId = '${workflowId}'` }))
      runs.push(run)
    const { runId } = await from.workflow.getHandle(workflowId).describe()
    return runs.some((run) => run.runId === runId)
  })
  return runs
    .sort((a, b) => a.startTime.getTime() - b.startTime.getTime())
    .map(({ runId }) => runId)
}

async function keepRun(
  from: Client,
  workflowId: string,
  runId: string,
  name: string,
): Promise<void> {
  const history = await from.workflow.getHandle(workflowId, runId).fetchHistory()
  const file = `${workflowId.replace(/[^\w-]+/g, '-')}.${name}.json`
  fs.writeFileSync(path.join(unreleased, file), `${JSON.stringify(history).replaceAll(root, '')}\n`)
  process.stdout.write(`${file}: ${history.events?.length} events\n`)
}
