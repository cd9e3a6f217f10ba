// Records lives of workflows from a real server into histories/unreleased, for replay.test.ts to
// follow. With every change of workflows/: npm run record-histories
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Context } from '@temporalio/activity'
import type { Client } from '@temporalio/client'
import { Children } from '../../scripts/launch/children.mjs'
import { postgresPlan } from '../../scripts/launch/plans.mjs'
import { freePort } from '../../scripts/launch/ports.mjs'
import { databaseUrl, initialise } from '../../scripts/launch/postgres.mjs'
import { schedules } from '../../application/schedules.ts'
import { connectTemporal } from '../../platform/temporal/connection.ts'
import { openWorkedDesk, type WorkedDesk } from '../api/support/temporal-worker.ts'
import { Desk } from '../integration/support/desk.ts'
import { TemporalServer } from '../integration/support/temporal-server.ts'
import { clientOf, everyCommand, goesOnAnew, timersFire } from './recording/command-lives.ts'
import { noteSource, unreleased } from './recording/histories.ts'
import { keep, keepLongest } from './recording/keep.ts'
import * as mailLives from './recording/mail-lives.ts'
import type { Lived } from './recording/mail-lives.ts'

/** Workflows that end by themselves within minutes: one life of each is enough. */
const SHORT = [
  'reconcileWorkflow',
  'notificationMailWorkflow',
  'warrantyWatchWorkflow',
  'slaReplanWorkflow',
]

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'guichet-histories-'))
const children = new Children(folder, (error) => {
  throw error
})
const port = await freePort('127.0.0.1')
await children.start(postgresPlan(folder, await initialise(folder), port), 60_000)
process.env['TEST_DATABASE_URL'] = databaseUrl(folder, port, 'postgres')
fs.rmSync(unreleased, { recursive: true, force: true })
fs.mkdirSync(unreleased, { recursive: true })
try {
  await onServer({}, async () => {
    await recordMailLives()
    await recordLives(everyCommand, timersFire)
  })
  await onServer({ continueAsNewAfter: 60 }, () => recordLives(goesOnAnew))
  await noteSource()
} finally {
  await children.stop()
  fs.rmSync(folder, { recursive: true, force: true })
}

async function onServer(
  options: Parameters<typeof TemporalServer.start>[0],
  record: () => Promise<void>,
): Promise<void> {
  const temporal = await TemporalServer.start(options)
  process.env['TEST_TEMPORAL_ADDRESS'] = temporal.address
  try {
    await record()
  } finally {
    await temporal.remove()
  }
}

/** Lives with real mail servers. */
async function recordMailLives(): Promise<void> {
  const desk = await Desk.open({ acknowledge: true })
  const { client, connection } = await connectTemporal(
    process.env['TEST_TEMPORAL_ADDRESS']!,
    desk.guichet.namespace,
  )
  try {
    for (const live of [
      mailLives.answeredAndReopened,
      mailLives.refusedAndTakenBack,
      mailLives.worked,
      mailLives.endedByHand,
      mailLives.endedAndFoundByReconcile,
      mailLives.endedAndWokenByTheLog,
      mailLives.mergedAndSplit,
      mailLives.threadOutOfOrder,
      mailLives.mailboxLife,
      mailLives.colleagueIsTold,
    ])
      await keepAll(client, await live({ desk, client }))
    for (const { scheduleId } of Object.values(schedules))
      await client.schedule.getHandle(scheduleId).trigger()
    for (const type of SHORT) await keepLongest(client, type)
  } finally {
    await connection.close()
    await desk.close()
  }
}

/** Lives through the API alone; what becomes of a delivery is said by every-event.ts. */
async function recordLives(...lives: ((worked: WorkedDesk) => Promise<Lived>)[]): Promise<void> {
  for (const live of lives) {
    const worked = await openWorkedDesk(undefined, () => Context.current().cancelled)
    try {
      await keepAll(clientOf(worked.worker), await live(worked))
    } finally {
      await worked.close()
    }
  }
}

async function keepAll(client: Client, lived: Lived): Promise<void> {
  for (const [name, workflowId] of Object.entries(lived)) await keep(client, workflowId, name)
}
