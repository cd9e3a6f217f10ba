import assert from 'node:assert/strict'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import { before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker'
import type { temporal } from '@temporalio/proto'
import { DeterminismViolationError } from '@temporalio/workflow'
import { commandNames } from '../../domain/command-schema.ts'
import { workflowBundle } from '../harness/workflow-bundle.ts'

type History = temporal.api.history.v1.History
/** By require: the package's names cannot be imported one by one. */
const proto = createRequire(import.meta.url)(
  '@temporalio/proto',
) as typeof import('@temporalio/proto')

const folder = fileURLToPath(new URL('./histories/', import.meta.url))
const files = fs
  .readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .sort()

/**
 * Lives of workflows as a real server recorded them (record-histories.ts). Workflows that are
 * running when a new version is installed go on with it: a change that cannot follow a recorded
 * life must be put behind `patched`, and that life stays here.
 */
describe('recorded histories', () => {
  const replay = { workflowBundle: workflowBundle() }
  /** What following each found, by the id of its run. */
  const followed = new Map<string, Error | undefined>()

  before(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') })
    const lives = files.map((name) => ({ workflowId: workflowIdOf(name), history: history(name) }))
    for await (const { runId, error } of Worker.runReplayHistories(replay, lives))
      followed.set(runId, error)
  })

  // Not the worker's own reading of JSON: it refuses types made by another copy of protobufjs than
  // its own.
  const history = (name: string): History =>
    proto.temporal.api.history.v1.History.fromObject(
      JSON.parse(fs.readFileSync(`${folder}${name}`, 'utf8')) as object,
    )

  it('are there for tickets and for mailboxes', () => {
    for (const kind of ['ticket-', 'mailbox-'])
      assert.ok(
        files.some((name) => name.startsWith(kind)),
        `no ${kind}*.json: see record-histories.ts`,
      )
  })

  it('hold every command of the table', () => {
    const recorded = new Set(
      files.flatMap((name) =>
        history(name).events.flatMap((e) => e.workflowExecutionSignaledEventAttributes?.signalName),
      ),
    )
    assert.deepEqual(
      commandNames.filter((name) => !recorded.has(name) && !neverSent.has(name)),
      [],
    )
  })

  for (const name of files) {
    it(`${name} is followed to its end`, () => {
      const run = runIdOf(history(name))
      assert.ok(followed.has(run), 'it was looked at')
      assert.ifError(followed.get(run))
    })
  }

  it('a life that the workflows would not live is noticed', async () => {
    const name =
      files.find((file) =>
        history(file).events.some((e) => e.activityTaskScheduledEventAttributes),
      ) ?? ''
    const altered = history(name)
    for (const { activityTaskScheduledEventAttributes: scheduled } of altered.events)
      if (scheduled) scheduled.activityType = { name: 'somethingElse' }
    await assert.rejects(
      Worker.runReplayHistory(replay, altered, workflowIdOf(name)),
      DeterminismViolationError,
    )
  })
})

/** Put into the inbox by the workflow itself, and so in its histories without a signal. */
const neverSent: ReadonlySet<string> = new Set(['queueReminder', 'expireConfirmation'])

/** Two lives may be of one workflow, as a continued one's are; each is a run of its own. */
const runIdOf = ({ events: [started] }: History): string =>
  started?.workflowExecutionStartedEventAttributes?.originalExecutionRunId ?? ''

/** `ticket-1001.answered-and-reopened.json` is a life of `ticket-1001`. */
const workflowIdOf = (name: string): string => name.slice(0, name.indexOf('.'))
