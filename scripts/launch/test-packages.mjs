// Dovecot and Chromium for the tests: used where they are, installed from Debian where this user
// may, otherwise named as missing.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { runCommand, CommandError } from './commands.mjs'

const DOVECOT = {
  what: 'Dovecot',
  package: 'dovecot-imapd',
  paths: ['/usr/sbin/dovecot', '/usr/local/sbin/dovecot', '/opt/homebrew/sbin/dovecot'],
  tests: 'tests with a real IMAP server',
}
const CHROMIUM = {
  what: 'Chromium',
  package: 'chromium',
  paths: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
  tests: 'browser tests',
}

/**
 * @returns {Promise<{dovecot: string | undefined, chromium: string | undefined, missing:
 *   string[]}>} where they are, and a line for each that is not
 */
export async function installForTests() {
  const absent = [DOVECOT, CHROMIUM].filter((one) => !pathOf(one))
  let reason = ''
  if (absent.length) reason = await installFromDebian(absent.map((one) => one.package))
  const missing = [DOVECOT, CHROMIUM]
    .filter((one) => !pathOf(one))
    .map((one) => `${one.what} is not installed: ${one.tests} are skipped. ${reason}`)
  return {
    dovecot: pathOf(DOVECOT),
    chromium: process.env['TEST_CHROMIUM'] || pathOf(CHROMIUM),
    missing,
  }
}

/** @param {{paths: string[]}} one */
const pathOf = ({ paths }) =>
  paths.find((file) => fs.existsSync(file)) ?? onPath(path.basename(paths[0] ?? ''))

/** @param {string} name */
const onPath = (name) =>
  (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, name))
    .find((file) => path.isAbsolute(file) && fs.existsSync(file))

/**
 * @param {string[]} packages
 * @returns {Promise<string>} why it could not be done, or what to do
 */
async function installFromDebian(packages) {
  const byHand = `Install by hand: apt-get install ${packages.join(' ')}`
  if (spawnSync('apt-get', ['--version']).status !== 0)
    return `This is no Debian; install ${packages.join(' and ')} with the system's own packages.`
  if (process.getuid?.() !== 0) return `Only root may install packages. ${byHand}`
  // A service that would start by itself after its installation must not: the tests run their own.
  const env = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  try {
    await runCommand('apt-get', ['update', '-qq'], { env, timeout: 180_000 })
    await runCommand('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
      env,
      timeout: 600_000,
    })
    return ''
  } catch (error) {
    return `apt-get failed: ${error instanceof CommandError ? error.message.split('\n').slice(-2).join(' ') : error}. ${byHand}`
  }
}
