// Fills a demo with sample data, once: `npm run demo` runs it when everything is ready. It uses
// what users use: mail, and the API.
import fs from 'node:fs'
import path from 'node:path'
import { foundCompany } from './demo/company.mjs'
import { holdConversations } from './demo/conversations.mjs'
import { ruleApprovals } from './demo/approvals-and-purchases.mjs'
import { requireDemo } from './demo/demo-guard.mjs'
import { sandboxUrl } from './demo/plan.mjs'
import { fillProcesses } from './demo/processes.mjs'

const { dataDir, sandboxSmtpPort } = requireDemo(process.env)
const base = process.env['GUICHET_URL'] ?? `http://127.0.0.1:${process.env['PORT'] || 3000}`
const done = path.join(dataDir, 'sandbox/filled')

// What a person has changed in the demo since stays changed; only a sandbox that moved must be
// found again.
const wanted = `filled, sandbox at ${sandboxSmtpPort}\n`
if (!fs.existsSync(done) || fs.readFileSync(done, 'utf8') !== wanted) {
  const company = await foundCompany(base, sandboxSmtpPort)
  if (!fs.existsSync(done)) {
    await ruleApprovals(company)
    await holdConversations(company, sandboxUrl(process.env))
    await fillProcesses(company)
  }
  fs.writeFileSync(done, wanted)
}
