import fs from 'node:fs'
import net from 'node:net'
import { portsGiven } from '../environment.mjs'

/** A port that cannot be listened on. Names the variable that moves it. */
export class PortError extends Error {
  code = 'port-unusable'
}

/**
 * @param {string} variable
 * @param {number} port
 * @param {string} host
 * @param {string} purpose
 * @throws {PortError} when the port is taken, forbidden, or the host is not this machine's
 */
export async function requirePort(variable, port, host, purpose) {
  const problem = await tryPort(port, host)
  if (problem === undefined) return
  if (problem === 'EADDRINUSE')
    throw new PortError(
      `Port ${port} for ${purpose} is taken by another program. Stop that program, or choose another port: ${variable}=${await otherPort(port, host)} npm start`,
    )
  if (problem === 'EACCES')
    throw new PortError(
      `Port ${port} for ${purpose} may not be used by this user. Choose one above 1023 with ${variable}.`,
    )
  const hostVariable = variable === 'SMTP_RECEIVER_PORT' ? 'SMTP_RECEIVER_HOST' : 'HOST'
  throw new PortError(
    `${purpose} cannot listen on ${host}:${port} (${problem}). Set ${hostVariable} to an address of this machine, such as 127.0.0.1.`,
  )
}

/**
 * One to propose: free, and no other setting of this start.
 * @param {number} taken
 * @param {string} host
 */
async function otherPort(taken, host) {
  const given = portsGiven(process.env)
  for (let port = taken + 1; port < 65_536; port++)
    if (!given.includes(port) && (await tryPort(port, host)) === undefined) return port
  return freePort(host)
}

// Below the ports that systems give to outgoing connections (32768 on Linux, 49152 elsewhere), so
// that none of those takes a port between finding it and using it.
const FIRST = 15_000
const COUNT = 17_000
// Each process begins elsewhere: two that look at the same moment are not led to the same port.
let next = (process.pid * 131) % COUNT

/**
 * A port that nothing listens on. One process never gets the same one twice.
 * @param {string} host
 * @param {number} [preferred] taken when it is free
 * @returns {Promise<number>}
 */
export async function freePort(host, preferred) {
  if (preferred !== undefined && (await tryPort(preferred, host)) === undefined) return preferred
  for (let tried = 0; tried < COUNT; tried++) {
    const port = FIRST + next
    next = (next + 1) % COUNT
    if ((await tryPort(port, host)) === undefined) return port
  }
  throw new PortError(
    `No port from ${FIRST} to ${FIRST + COUNT - 1} is free on ${host}. Stop programs that listen there.`,
  )
}

/**
 * Whether it is this very process that listens on a port: a server that answers there may be somebody
 * else's.
 * @param {number} pid
 * @param {number} port
 * @returns {boolean | undefined} undefined where the system does not say it
 */
export function listensOn(pid, port) {
  if (process.platform !== 'linux') return undefined
  try {
    const sockets = new Set(
      fs
        .readdirSync(`/proc/${pid}/fd`)
        .flatMap((fd) => /^socket:\[(\d+)\]$/.exec(readLink(`/proc/${pid}/fd/${fd}`))?.[1] ?? []),
    )
    return listeners(port).some((inode) => sockets.has(inode))
  } catch {
    return undefined
  }
}

/** @param {string} link */
function readLink(link) {
  try {
    return fs.readlinkSync(link)
  } catch {
    return ''
  }
}

/**
 * @param {number} port
 * @returns {string[]} the inodes of the sockets that listen there, as proc_pid_net(5) tells them
 */
function listeners(port) {
  const address = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return ['/proc/net/tcp', '/proc/net/tcp6']
    .filter((file) => fs.existsSync(file))
    .flatMap((file) => fs.readFileSync(file, 'utf8').split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .flatMap(([, local, , state, , , , , , inode]) =>
      local?.endsWith(address) && state === LISTENING && inode ? [inode] : [],
    )
}
const LISTENING = '0A'

/**
 * @param {number} port
 * @param {string} host
 * @returns {Promise<string | undefined>} the error's code, or nothing when it is free
 */
function tryPort(port, host) {
  return new Promise((resolve) => {
    const server = net.createServer()
    server.once('error', (error) =>
      resolve(/** @type {NodeJS.ErrnoException} */ (error).code ?? 'EUNKNOWN'),
    )
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)))
  })
}
