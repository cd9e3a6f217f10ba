// The lines of worker and API on the launcher's terminal.
import { say } from './steps.mjs'

const LEVELS = new Map([
  [10, 'trace'],
  [20, 'debug'],
  [30, 'info'],
  [40, 'warn'],
  [50, 'error'],
  [60, 'fatal'],
])
const raw = process.env['LOG_FORMAT'] === 'json'
const live = process.stdout.isTTY === true

/** @type {string | undefined} */
let link

/** The set-up link, if the API has printed one. */
export const setUpLink = () => link

/**
 * @param {string} name the process
 * @param {string} text one line of it
 */
export function printLine(name, text) {
  if (text === '') return
  link = /https?:\/\/\S+\/set-?up\S*/i.exec(text)?.[0].replace(/["',}]+$/, '') ?? link
  say(`${live ? '\r' : ''}${name.padEnd(6)} │ ${raw ? text : readable(text)}`)
}

/**
 * A structured log line as a person reads it; anything else as it is.
 * @param {string} text
 */
function readable(text) {
  if (!text.startsWith('{')) return text
  try {
    const { level, time, msg, err, ...rest } = JSON.parse(text)
    if (typeof msg !== 'string' || !LEVELS.has(level)) return text
    const fields = Object.entries(rest).map(
      ([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`,
    )
    const clock = new Date(time).toTimeString().slice(0, 8)
    const message = [`${clock} ${LEVELS.get(level)?.padEnd(5)} ${msg}`, ...fields].join(' ')
    return err?.message ? `${message}: ${err.stack ?? err.message}` : message
  } catch {
    return text
  }
}
