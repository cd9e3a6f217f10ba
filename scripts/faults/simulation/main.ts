// `npm run simulate -- --seed N --days 365`: see docs/reliability.md.
import { register } from 'node:module'
import { parseArgs } from 'node:util'

register('./hooks.mjs', import.meta.url)

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    days: { type: 'string', default: '365' },
    tickets: { type: 'string', default: '3' },
    without: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
  },
})
const [seed, days, tickets] = [values.seed, values.days, values.tickets].map(Number)
if (![seed, days, tickets].every((one) => one !== undefined && one > 0)) {
  process.stderr.write(
    'npm run simulate -- [--seed N] [--days 365] [--tickets 3] [--without reconcile|fence|comparison|second-step] [--json]\n',
  )
  process.exit(64)
}

// After the hooks: the workflow's code has to find the simulation's own in place of Temporal's.
const { SimulatedDesk } = await import('./desk.ts')
const { ticketWorkflow } = await import('../../../workflows/ticket/workflow.ts')
const { mailboxWorkflow } = await import('../../../workflows/mailbox/workflow.ts')
const workflows = { ticket: ticketWorkflow, mailbox: mailboxWorkflow }
const began = process.hrtime.bigint()
const desk = new SimulatedDesk(workflows, {
  seed: seed ?? 1,
  days: days ?? 365,
  tickets: tickets ?? 3,
  without: values.without,
})
desk.clock.replaceDate()
const report = await desk.run()
const seconds = Number(process.hrtime.bigint() - began) / 1e9
if (values.json) process.stdout.write(`${JSON.stringify({ ...report, seconds })}\n`)
else {
  const { wrong, faults, ...counts } = report
  process.stdout.write(
    [
      `seed ${seed}: ${days} days in ${seconds.toFixed(1)} s: ${Object.entries(counts)
        .map(([what, count]) => `${count} ${what}`)
        .join(', ')}`,
      Object.entries(faults)
        .map(([what, count]) => `${count} × ${what}`)
        .join(', '),
      ...wrong.slice(0, 40),
      `${wrong.length} wrong`,
      '',
    ].join('\n'),
  )
}
process.exit(report.wrong.length > 0 ? 1 : 0)
