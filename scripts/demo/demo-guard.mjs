import fs from 'node:fs'
import path from 'node:path'

/** The demo was pointed at something that is not a demo. */
export class NotADemoError extends Error {
  code = 'not-a-demo'
}

/**
 * Every process of the demo asks this first: sample data and the sandbox never touch real tickets.
 * @param {NodeJS.ProcessEnv} env
 * @returns {{dataDir: string, sandboxPort: number, sandboxSmtpPort: number, receiverPort: number}}
 * @throws {NotADemoError}
 */
export function requireDemo(env) {
  const dataDir = env['DATA_DIR'] ?? ''
  const marker = path.join(dataDir, 'kind')
  const isDemo =
    dataDir !== '' && fs.existsSync(marker) && fs.readFileSync(marker, 'utf8').trim() === 'demo'
  if (env['GUICHET_DEMO'] !== 'true' || !isDemo)
    throw new NotADemoError(
      'This belongs to the demo and does not touch real data. Start it with: npm run demo',
    )
  return {
    dataDir,
    sandboxPort: Number(env['SANDBOX_PORT']),
    sandboxSmtpPort: Number(env['SANDBOX_SMTP_PORT']),
    receiverPort: Number(env['SMTP_RECEIVER_PORT'] || 2525),
  }
}
