import assert from 'node:assert/strict'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import { before, describe, it } from 'node:test'
import path from 'node:path'
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker'
import type { temporal } from '@temporalio/proto'
import { DeterminismViolationError } from '@temporalio/workflow'
import { commandNames } from '../../domain/command-schema.ts'
import { workflowBundle } from '../harness/workflow-bundle.ts'
import {
  histories,
  latestRecordings,
  notedSource,
  recordedFiles,
  workflowCode,
} from './recording/histories.ts'

type History = temporal.api.history.v1.History
/** By require: the package's names cannot be imported one by one. */
const proto = createRequire(import.meta.url)(
  '@temporalio/proto',
) as typeof import('@temporalio/proto')

const files = recordedFiles()

/**
 * Lives of workflows as a real server recorded them (record-histories.ts). Workflows that are
 * running when a new version is installed go on with it: a change that cannot follow a recorded
 * life must be put behind `patched`, and that life stays here.
 */
describe('recorded histories', () => {
  const replay = {
    workflowBundle: workflowBundle(),
    // What a worker is told besides (platform/temporal/run-progress.ts).
    sinks: { runProgress: { reached: { fn: () => undefined } } },
  }
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
      JSON.parse(fs.readFileSync(path.join(histories, name), 'utf8')) as object,
    )

  it('were made with the workflows as they are', async () => {
    assert.equal(
      notedSource(latestRecordings()),
      await workflowCode(),
      'workflows/ has changed: npm run record-histories',
    )
  })

  it('are there for every workflow', () => {
    const recorded = new Set(
      files.map(
        (name) =>
          history(name).events[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name,
      ),
    )
    assert.deepEqual(
      [...workflowTypes()].filter((type) => !recorded.has(type)),
      [],
    )
  })

  it('hold runs that went on in another, and every timer that comes to a ticket', () => {
    const events = files.flatMap((name) => history(name).events)
    assert.ok(events.some((e) => e.workflowExecutionContinuedAsNewEventAttributes))
    const fired = new Set(
      files.flatMap((name) => {
        const { events: life } = history(name)
        const summaries = new Map(
          life
            .filter((e) => e.timerStartedEventAttributes)
            .map((e) => [e.timerStartedEventAttributes?.timerId, summaryOf(e)]),
        )
        return life.flatMap((e) => {
          const id = e.timerFiredEventAttributes?.timerId
          return id == null ? [] : [summaries.get(id) ?? '']
        })
      }),
    )
    assert.deepEqual(
      comingByThemselves.filter(
        (words) => ![...fired].some((summary) => summary.startsWith(words)),
      ),
      [],
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

/** `0.2.0/ticket-1001.answered-and-reopened.json` is a life of `ticket-1001`. */
const workflowIdOf = (name: string): string => path.basename(name).split('.')[0] ?? ''

/** How the words begin that operators read of each timer of a ticket. */
const comingByThemselves = [
  'warns that the first response',
  'notes that the first response',
  'warns that the solution',
  'notes that the solution',
  'reminds the requester',
  'closes the ticket',
  'closes the solved ticket',
  'ends the snooze',
  'ends the confirmation',
  'tells whoever has the task',
  'asks also the deputy',
  'reminds whoever has not decided',
]

const summaryOf = (event: temporal.api.history.v1.IHistoryEvent): string => {
  const data = event.userMetadata?.summary?.data
  return data ? String(JSON.parse(Buffer.from(data).toString('utf8'))) : ''
}

const workflowTypes = (): string[] =>
  [
    ...fs
      .readFileSync(new URL('../../workflows/index.ts', import.meta.url), 'utf8')
      .matchAll(/\{ (\w+) \}/g),
  ].map(([, name]) => name ?? '')
