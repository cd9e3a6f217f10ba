// Where the set that runs on a DATA_DIR is reached: its launcher writes it down, and an operator's
// command finds it, whatever ports that set was given or has chosen.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { identify, isAlive } from './processes.mjs'

/**
 * @typedef {object} Addresses what a set runs with, and no secret
 * @property {string} host
 * @property {number} port
 * @property {string} publicUrl
 * @property {string} smtpReceiverHost
 * @property {number} smtpReceiverPort
 * @property {string} temporalNamespace
 * @property {string | undefined} externalTemporalAddress
 * @property {number} temporalUiPort
 * @property {number} temporalPort of the embedded server
 * @property {number} postgresPort of the embedded server
 */

/** @param {string} dataDir */
const noteOf = (dataDir) => path.join(dataDir, 'launcher/running.json')

/**
 * Writes down where this launcher's set is.
 * @param {string} dataDir
 * @param {Addresses} addresses
 */
export function noteRunningSet(dataDir, addresses) {
  const { host, port, publicUrl, smtpReceiverHost, smtpReceiverPort } = addresses
  const { temporalNamespace, externalTemporalAddress, temporalUiPort } = addresses
  const { temporalPort, postgresPort } = addresses
  const noted = {
    ...{ host, port, publicUrl, smtpReceiverHost, smtpReceiverPort, temporalNamespace },
    ...{ externalTemporalAddress, temporalUiPort, temporalPort, postgresPort },
  }
  const launcher = { ...identify(process.pid), machine: os.hostname() }
  const file = noteOf(dataDir)
  fs.writeFileSync(`${file}.new`, JSON.stringify({ launcher, addresses: noted }))
  fs.renameSync(`${file}.new`, file)
}

/** @param {string} dataDir It runs no longer. */
export const forgetRunningSet = (dataDir) => fs.rmSync(noteOf(dataDir), { force: true })

/**
 * @param {string} dataDir
 * @returns {Addresses | undefined} undefined where none runs on this machine; one whose launcher was
 *   killed runs as long as one of its processes does
 */
export function runningSet(dataDir) {
  const note = read(noteOf(dataDir))
  if (!note || note.launcher.machine !== os.hostname()) return undefined
  const children = read(path.join(dataDir, 'launcher/children.json')) ?? []
  return [note.launcher, ...children].some(isAlive) ? note.addresses : undefined
}

/**
 * @param {string} file
 * @returns {any}
 */
function read(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}
