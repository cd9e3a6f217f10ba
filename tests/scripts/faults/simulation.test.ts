import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { SimulationReport } from '../../../scripts/faults/simulation/desk.ts'

const MAIN = fileURLToPath(new URL('../../../scripts/faults/simulation/main.ts', import.meta.url))

/** In a process of its own: its clock is not the machine's, and neither is its Temporal. */
const simulate = (...args: string[]): Promise<SimulationReport> =>
  new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', MAIN, '--json', ...args],
      { maxBuffer: 64 * 1024 * 1024, timeout: 300_000 },
      (error, stdout, stderr) => {
        // It ends with 1 when something was wrong, and says what.
        if (stdout) resolve(JSON.parse(stdout) as SimulationReport)
        else reject(new Error(`${String(error)}\n${stderr}`))
      },
    )
  })

describe('weeks of a desk by a clock of its own, in which everything goes wrong', () => {
  for (const seed of ['1', '2'])
    it(`come to what was asked, once: seed ${seed}`, async (t) => {
      const report = await simulate('--seed', seed, '--days', '25')
      assert.deepEqual(report.wrong, [])
      assert.ok(report.commands > 500 && report.runs > report.tickets)
      assert.ok(report.merged > 0 && report.split > 0 && report.found > 0)
      t.diagnostic(JSON.stringify({ ...report, wrong: undefined }))
    })

  it('are the same for the same seed', async () => {
    const [one, other] = await Promise.all([
      simulate('--seed', '3', '--days', '6'),
      simulate('--seed', '3', '--days', '6'),
    ])
    assert.deepEqual({ ...one, seconds: 0 }, { ...other, seconds: 0 })
  })

  it('would show that nobody looks after what stands still', async () => {
    const { wrong } = await simulate('--days', '16', '--without', 'reconcile')
    assert.ok(
      wrong.some((what) => /has no run/.test(what)),
      wrong.join('\n'),
    )
    assert.ok(wrong.some((what) => what.startsWith('lost:')))
  })

  it('would show that anybody may write on an old version', async () => {
    const { wrong } = await simulate('--days', '10', '--without', 'fence')
    assert.ok(
      wrong.some((what) => /a gap in its log|a line is there twice/.test(what)),
      wrong.join('\n'),
    )
  })

  it('would show that nobody compares mailboxes with what was taken in', async () => {
    const { wrong } = await simulate('--days', '10', '--without', 'comparison')
    assert.ok(
      wrong.some((what) => /is on its server alone/.test(what)),
      wrong.join('\n'),
    )
  })

  it('would show that the other ticket does not take its step of a merge or split', async () => {
    const { wrong } = await simulate('--days', '10', '--without', 'second-step')
    for (const expected of [/which does not have it/, /which does not know of it/])
      assert.ok(
        wrong.some((what) => expected.test(what)),
        wrong.join('\n'),
      )
  })
})
