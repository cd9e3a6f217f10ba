// Dovecot and Chromium for the tests: used where they are, installed from Debian where this user
// may, otherwise named as missing.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { errand, ErrandError } from './errands.mjs'

const DOVECOT = {
  what: 'Dovecot',
  package: 'dovecot-imapd',
  places: ['/usr/sbin/dovecot', '/usr/local/sbin/dovecot', '/opt/homebrew/sbin/dovecot'],
  tests: 'tests with a real IMAP server',
}
const CHROMIUM = {
  what: 'Chromium',
  package: 'chromium',
  places: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
  tests: 'browser tests',
}

/**
 * @returns {Promise<{dovecot: string | undefined, chromium: string | undefined, missing:
 *   string[]}>} where they are, and a line for each that is not
 */
export async function installForTests() {
  const absent = [DOVECOT, CHROMIUM].filter((one) => !placeOf(one))
  let reason = ''
  if (absent.length) reason = await installFromDebian(absent.map((one) => one.package))
  const missing = [DOVECOT, CHROMIUM]
    .filter((one) => !placeOf(one))
    .map((one) => `${one.what} is not installed: ${one.tests} are skipped. ${reason}`)
  return {
    dovecot: placeOf(DOVECOT),
    chromium: process.env['TEST_CHROMIUM'] || placeOf(CHROMIUM),
    missing,
  }
}

/** @param {{places: string[]}} one */
const placeOf = ({ places }) =>
  places.find((place) => fs.existsSync(place)) ?? onPath(path.basename(places[0] ?? ''))

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
    await errand('apt-get', ['update', '-qq'], { env, patience: 180_000 })
    await errand('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
      env,
      patience: 600_000,
    })
    return ''
  } catch (error) {
    return `apt-get failed: ${error instanceof ErrandError ? error.message.split('\n').slice(-2).join(' ') : error}. ${byHand}`
  }
}
