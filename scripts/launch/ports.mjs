import net from 'node:net'

/** A port that cannot be listened on. Names the variable that moves it. */
export class PortError extends Error {
  code = 'port-unusable'
}

/**
 * @param {string} variable @param {number} port @param {string} host @param {string} purpose
 * @throws {PortError} when the port is taken, forbidden, or the host is not this machine's
 */
export async function requirePort(variable, port, host, purpose) {
  const problem = await tryPort(port, host)
  if (problem === undefined) return
  if (problem === 'EADDRINUSE') throw new PortError(`Port ${port} for ${purpose} is taken by another program. Stop that program, or choose another port: ${variable}=${port < 65000 ? port + 1 : 3000} npm start`)
  if (problem === 'EACCES') throw new PortError(`Port ${port} for ${purpose} may not be used by this user. Choose one above 1023 with ${variable}.`)
  const hostVariable = variable === 'SMTP_RECEIVER_PORT' ? 'SMTP_RECEIVER_HOST' : 'HOST'
  throw new PortError(`${purpose} cannot listen on ${host}:${port} (${problem}). Set ${hostVariable} to an address of this machine, such as 127.0.0.1.`)
}

/** @param {string} host @param {number} [preferred] taken when it is free @returns {Promise<number>} */
export async function freePort(host, preferred) {
  if (preferred !== undefined && (await tryPort(preferred, host)) === undefined) return preferred
  return new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject)
    server.listen(0, host, () => {
      const { port } = /** @type {net.AddressInfo} */ (server.address())
      server.close(() => resolve(port))
    })
  })
}

/** @param {number} port @param {string} host @returns {Promise<string | undefined>} the error's code, or nothing when it is free */
function tryPort(port, host) {
  return new Promise((resolve) => {
    const server = net.createServer()
    server.once('error', (error) => resolve(/** @type {NodeJS.ErrnoException} */ (error).code ?? 'EUNKNOWN'))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)))
  })
}
