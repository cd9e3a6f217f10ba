import assert from 'node:assert/strict'
import fs from 'node:fs'
import { before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundle } from '@temporalio/worker'
import { DeterminismViolationError } from '@temporalio/workflow'

const folder = fileURLToPath(new URL('./histories/', import.meta.url))
const files = fs.readdirSync(folder).filter((name) => name.endsWith('.json')).sort()

/**
 * Lives of workflows as a real server recorded them (record-histories.ts). Workflows that are running when a new version is installed go on
 * with it: a change that cannot follow a recorded life must be put behind `patched`, and that life stays here.
 */
describe('recorded histories', () => {
  let workflowBundle: WorkflowBundle

  before(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') })
    workflowBundle = await bundleWorkflowCode({ workflowsPath: fileURLToPath(new URL('../../workflows/index.ts', import.meta.url)), logger: new DefaultLogger('ERROR') })
  })

  const history = (name: string): { events: { eventType: string; timerStartedEventAttributes?: object }[] } =>
    JSON.parse(fs.readFileSync(`${folder}${name}`, 'utf8')) as ReturnType<typeof history>

  it('are there for tickets and for mailboxes', () => {
    for (const kind of ['ticket-', 'mailbox-']) assert.ok(files.some((name) => name.startsWith(kind)), `no ${kind}*.json: see record-histories.ts`)
  })

  for (const name of files) {
    it(`${name} is followed to its end`, () => Worker.runReplayHistory({ workflowBundle, replayName: name }, history(name), workflowIdOf(name)))
  }

  it('a life that the workflows would not live is noticed', async () => {
    const name = files.find((file) => history(file).events.some((e) => e.timerStartedEventAttributes)) ?? ''
    const { events } = history(name)
    const altered = { events: events.map((e) => (e.timerStartedEventAttributes ? { ...e, eventType: 'EVENT_TYPE_TIMER_STARTED', timerStartedEventAttributes: { ...e.timerStartedEventAttributes, timerId: '4711' } } : e)) }
    await assert.rejects(Worker.runReplayHistory({ workflowBundle }, altered, workflowIdOf(name)), DeterminismViolationError)
  })
})

/** `ticket-1001.answered-and-reopened.json` is a life of `ticket-1001`. */
const workflowIdOf = (name: string): string => name.slice(0, name.indexOf('.'))
