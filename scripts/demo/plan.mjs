// What the launcher needs to know of the demo. Node built-ins only: nothing may be installed yet.
import path from 'node:path'
import { EnvironmentError, projectRoot } from '../environment.mjs'
import { ask } from '../launch/plans.mjs'

/** The demo's admin and the password of everybody in it. */
export const demoAdmin = {
  email: 'demo@meridian.example',
  name: 'Dana Lee',
  password: 'guichet-demo',
}

/**
 * The environment of a demo: a data folder of its own, an admin everybody knows, and no way out:
 * whatever relay the shell names, the demo's only mail servers are its own receiver and the
 * sandbox.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Record<string, string>}
 * @throws {EnvironmentError}
 */
export function demoEnvironment(env) {
  const port = sandboxPort(env, 'SANDBOX_PORT', 3001)
  const smtpPort = sandboxPort(env, 'SANDBOX_SMTP_PORT', 2526)
  return {
    GUICHET_DEMO: 'true',
    DATA_DIR: env['DATA_DIR'] || path.join(projectRoot, '.data-demo'),
    SMTP_RECEIVER_HOST: '127.0.0.1',
    ADMIN_EMAIL: demoAdmin.email,
    ADMIN_PASSWORD: demoAdmin.password,
    SANDBOX_PORT: String(port),
    SANDBOX_SMTP_PORT: String(smtpPort),
    DEFAULT_SMTP_URL: `smtp://127.0.0.1:${smtpPort}`,
    DEFAULT_FROM: 'Meridian (do not reply) <donotreply@meridian.example>',
  }
}

/**
 * The sandbox as a child of the launcher.
 * @param {Record<string, string>} env beside the launcher's own, which holds what `demoEnvironment`
 *   gives
 * @param {(line: string) => void} onLine
 * @returns {import('../launch/children.mjs').ChildPlan}
 */
export const sandboxPlan = (env, onLine) => ({
  name: 'sandbox',
  command: () => ({
    command: process.execPath,
    args: [path.join(projectRoot, 'scripts/demo/sandbox.mjs')],
    env,
  }),
  ready: async () => (await ask(`${sandboxUrl(process.env)}/alive`)).status === 200,
  stopSignal: 'SIGTERM',
  stopTimeout: 5_000,
  output: 'lines',
  onLine,
})

/** @param {NodeJS.ProcessEnv} env */
export const sandboxUrl = (env) => `http://127.0.0.1:${env['SANDBOX_PORT']}`

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} name
 * @param {number} fallback
 */
function sandboxPort(env, name, fallback) {
  const value = env[name]?.trim() || String(fallback)
  const port = /^\d{1,5}$/.test(value) ? Number(value) : NaN
  if (!(port >= 1 && port <= 65535))
    throw new EnvironmentError(name, 'is not a port between 1 and 65535', String(fallback))
  return port
}
