// What is run in which process, and in which order.
import fs from 'node:fs'
import path from 'node:path'
import { projectRoot } from '../environment.mjs'

/**
 * What takes longest, longest first: begun first, so that at the end nothing long is left for one
 * slot while the other has nothing to do. The runner tells what took longest; what is new on that
 * list goes in here.
 */
export const longest = [
  'tests/web/pages.test.ts',
  'tests/workflows/reconcile/still-tickets.test.ts',
  'tests/integration/faults.test.ts',
  'tests/cli/backup.test.ts',
  'tests/integration/health.test.ts',
  'tests/workflows/reconcile/reconcile.test.ts',
  'tests/activities/mail-in/imap/watch.test.ts',
  'tests/integration/lost-temporal.test.ts',
  'tests/integration/killed-worker.test.ts',
  'tests/workflows/merging/killed-between-steps.test.ts',
  'tests/integration/waiting-browser.test.ts',
  'tests/workflows/ticket/resumption.test.ts',
  'tests/api/tickets/commands.test.ts',
  'tests/cli/rotate-key.test.ts',
  'tests/integration/backlog.test.ts',
  'tests/integration/upgrade.test.ts',
  'tests/web/component.test.ts',
  'tests/integration/browser.test.ts',
  'tests/integration/hanging-servers.test.ts',
  'tests/integration/malformed-mail.test.ts',
  'tests/integration/two-processes.test.ts',
  'tests/scripts/start.test.ts',
  'tests/workflows/mailbox/mailbox.test.ts',
  'tests/integration/stopped-worker.test.ts',
  'tests/integration/stopping.test.ts',
  'tests/scripts/backup.test.ts',
]

/** A process of its own, a browser, or a Temporal worker, of which a process can have only one. */
const ALONE = /node:child_process|@temporalio\/(?:worker|testing)|playwright-core|vitest\/node/

/** What is done before or after a whole file would be done before or after all that share its process. */
const HOOKS = /^(?:before|after)(?:Each)?\(/m

/** Floors whose other tests are enough to share a process among themselves. */
const FLOORS = ['tests/api/', 'tests/activities/']

/**
 * Loading what a test needs takes longer than most tests: those that start nothing of their own
 * share a process.
 * @param {string[]} files below the project's root
 * @returns {string[][]} the files of each process
 */
export function testPlan(files) {
  const shared = new Map()
  const plan = []
  for (const file of files) {
    if (longest.includes(file) || ALONE.test(testSources([file])) || HOOKS.test(textOf(file))) {
      plan.push([file])
      continue
    }
    const floor = FLOORS.find((one) => file.startsWith(one)) ?? ''
    const room = shared.get(floor)
    if (room) room.push(file)
    else shared.set(floor, [file])
  }
  const rank = (/** @type {string[]} */ [first = '']) => {
    const at = longest.indexOf(first)
    return at < 0 ? longest.length : at
  }
  // Many together are long, too: they come before what is short.
  return [...shared.values(), ...plan].sort((a, b) => rank(a) - rank(b))
}

/** @param {string} file */
const textOf = (file) => fs.readFileSync(path.join(projectRoot, file), 'utf8')

/**
 * The text of test files and of what they import from tests/: tells what they need.
 * @param {string[]} files below the project's root
 */
export function testSources(files) {
  const queue = files.map((file) => path.join(projectRoot, file))
  const seen = new Map()
  for (const file of queue) {
    if (seen.has(file) || !fs.existsSync(file)) continue
    const text = fs.readFileSync(file, 'utf8')
    seen.set(file, text)
    for (const [, imported = ''] of text.matchAll(/from '(\.[^']*)'/g)) {
      const target = path.resolve(path.dirname(file), imported)
      if (target.startsWith(path.join(projectRoot, 'tests'))) queue.push(target)
    }
  }
  return [...seen.values()].join('\n')
}
