// The one table of the environment variables. Plain JavaScript on Node built-ins: the launcher
// reads it before anything is installed, api and worker read the same table through
// platform/config/environment.ts.
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { readSecretKeys } from './launch/secret-key.mjs'

/** The project's folder: the parent of `scripts/` and, once bundled, of `dist/`. */
export const projectRoot = fileURLToPath(new URL('..', import.meta.url))

/** Characters of a key. */
const LEAST_KEY = 16

/**
 * A variable with a value that cannot be used. The message is one line that says which, why, and
 * shows a good one.
 */
export class EnvironmentError extends Error {
  code = 'environment-invalid'
  /**
   * @param {string} variable
   * @param {string} problem
   * @param {string} example
   */
  constructor(variable, problem, example) {
    super(`${variable} ${problem}. Example: ${variable}=${example}`)
    this.variable = variable
  }
}

/**
 * Every variable, its default and what it is for, in the order a person reads them.
 * `secret` values are never repeated in a message; `internal` ones belong to the embedded servers.
 * @type {Record<string, {example: string, fallback?: string, secret?: true, internal?: true, about:
 *   string}>}
 */
export const variables = {
  PORT: { example: '3000', fallback: '3000', about: 'port of the web app and the API' },
  HOST: {
    example: '127.0.0.1',
    fallback: '127.0.0.1',
    about: 'address it listens on; 0.0.0.0 for every interface',
  },
  PUBLIC_URL: {
    example: 'https://help.example.org',
    about: 'how people reach it, used in links; http://HOST:PORT by default',
  },
  DATA_DIR: {
    example: '/var/lib/guichet',
    fallback: '.data',
    about: 'where the embedded servers and the secret key live',
  },
  DATABASE_URL: {
    example: 'postgresql://guichet:password@db.example.org:5432/guichet',
    secret: true,
    about: 'a PostgreSQL of your own instead of the embedded one',
  },
  TEMPORAL_ADDRESS: {
    example: 'temporal.example.org:7233',
    about: 'a Temporal cluster of your own instead of the embedded one',
  },
  TEMPORAL_NAMESPACE: { example: 'default', fallback: 'default', about: 'the namespace on it' },
  TEMPORAL_API_KEY: {
    example: 'the key of your namespace',
    secret: true,
    about: 'API key for a Temporal cluster; turns TLS on',
  },
  TEMPORAL_TLS: { example: 'true', fallback: 'false', about: 'TLS to the Temporal cluster' },
  TEMPORAL_UI_PORT: {
    example: '8233',
    fallback: '8233',
    about: 'port of the embedded Temporal Web UI',
  },
  SECRET_KEY: {
    example: 'at least 16 characters, the same at every start',
    secret: true,
    about: 'seals stored passwords; made and kept in DATA_DIR when absent',
  },
  SECRET_KEY_EARLIER: {
    example: 'the key before, and the one before that',
    secret: true,
    about:
      'keys that still open what was sealed and signed with them, separated by commas: npm run rotate-key',
  },
  ADMIN_EMAIL: {
    example: 'admin@example.org',
    about: 'first admin, with ADMIN_PASSWORD; otherwise a set-up link is printed',
  },
  ADMIN_PASSWORD: {
    example: 'at least 8 characters',
    secret: true,
    about: "the first admin's password",
  },
  SMTP_RECEIVER_PORT: {
    example: '2525',
    fallback: '2525',
    about: 'port of the built-in SMTP receiver; 0 turns it off',
  },
  SMTP_RECEIVER_HOST: {
    example: '127.0.0.1',
    about: 'address the receiver listens on; HOST by default',
  },
  DEFAULT_SMTP_URL: {
    example: 'smtps://user:password@mail.example.org:465',
    secret: true,
    about: 'the default relay; without it a local outbox keeps the mails',
  },
  DEFAULT_FROM: {
    example: 'Help desk <donotreply@example.org>',
    fallback: 'DoNotReply <donotreply@localhost>',
    about: 'sender address of the default relay',
  },
  SANDBOX_PORT: {
    example: '3001',
    fallback: '3001',
    about: 'npm run demo: port of the mail sandbox’s page',
  },
  SANDBOX_SMTP_PORT: {
    example: '2526',
    fallback: '2526',
    about: 'npm run demo: port on which the sandbox takes mail',
  },
  POSTGRES_PORT: {
    example: '54329',
    internal: true,
    about: 'port of the embedded PostgreSQL; a free one by default',
  },
  TEMPORAL_PORT: {
    example: '7233',
    internal: true,
    about: 'port of the embedded Temporal server; 7233 or a free one by default',
  },
}

/**
 * @typedef {object} Environment
 * @property {number} port
 * @property {string} host
 * @property {string} publicUrl without a trailing slash
 * @property {string} dataDir absolute
 * @property {string | undefined} externalDatabaseUrl
 * @property {string | undefined} externalTemporalAddress host:port
 * @property {string} temporalNamespace
 * @property {string | undefined} temporalApiKey
 * @property {boolean} temporalTls
 * @property {number} temporalUiPort
 * @property {number | undefined} temporalPort asked for, of the embedded server
 * @property {number | undefined} postgresPort asked for, of the embedded server
 * @property {number} smtpReceiverPort 0 is off
 * @property {string} smtpReceiverHost
 * @property {string | undefined} defaultSmtpUrl
 * @property {string} defaultFrom
 * @property {string | undefined} adminEmail
 * @property {string | undefined} adminPassword
 * @property {string | undefined} secretKeyText as given; absent when it is to be made
 * @property {string[]} earlierKeyTexts keys beside SECRET_KEY that open and verify
 * @property {boolean} demo
 */

/**
 * Reads and checks every variable without touching a file.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Environment}
 * @throws {EnvironmentError} for the first bad value
 */
export function parseEnvironment(env) {
  const port = portOf(env, 'PORT') ?? 3000
  const host = plainOf(env, 'HOST') ?? '127.0.0.1'
  const adminEmail = emailOf(env, 'ADMIN_EMAIL')
  const adminPassword = longEnough(env, 'ADMIN_PASSWORD', 8)
  if (adminEmail && !adminPassword)
    throw invalid('ADMIN_PASSWORD', 'is missing while ADMIN_EMAIL is set: give both or none')
  if (adminPassword && !adminEmail)
    throw invalid('ADMIN_EMAIL', 'is missing while ADMIN_PASSWORD is set: give both or none')
  const temporalApiKey = given(env, 'TEMPORAL_API_KEY')
  const environment = {
    port,
    host,
    publicUrl:
      urlOf(env, 'PUBLIC_URL', ['http:', 'https:'])?.replace(/\/+$/, '') ??
      `http://${reachable(host)}:${port}`,
    dataDir: path.resolve(given(env, 'DATA_DIR') ?? path.join(projectRoot, '.data')),
    externalDatabaseUrl: urlOf(env, 'DATABASE_URL', ['postgres:', 'postgresql:']),
    externalTemporalAddress: addressOf(env, 'TEMPORAL_ADDRESS'),
    temporalNamespace: plainOf(env, 'TEMPORAL_NAMESPACE') ?? 'default',
    temporalApiKey,
    temporalTls: booleanOf(env, 'TEMPORAL_TLS') ?? temporalApiKey !== undefined,
    temporalUiPort: portOf(env, 'TEMPORAL_UI_PORT') ?? 8233,
    temporalPort: portOf(env, 'TEMPORAL_PORT'),
    postgresPort: portOf(env, 'POSTGRES_PORT'),
    smtpReceiverPort: portOf(env, 'SMTP_RECEIVER_PORT', { zero: true }) ?? 2525,
    smtpReceiverHost: plainOf(env, 'SMTP_RECEIVER_HOST') ?? host,
    defaultSmtpUrl: urlOf(env, 'DEFAULT_SMTP_URL', ['smtp:', 'smtps:']),
    defaultFrom: emailOf(env, 'DEFAULT_FROM') ?? 'DoNotReply <donotreply@localhost>',
    adminEmail,
    adminPassword,
    secretKeyText: longEnough(env, 'SECRET_KEY', LEAST_KEY),
    earlierKeyTexts: earlierKeysOf(env),
    demo: booleanOf(env, 'GUICHET_DEMO') ?? false,
  }
  refuseSharedPorts(environment)
  return environment
}

/**
 * The environment of an api or worker process: everything checked at once, while what only exists
 * beside a running server (the database's address, the key file) is asked for at its first use, so
 * that a unit test can import a module that reads it.
 * @param {NodeJS.ProcessEnv} env
 */
export function readEnvironment(env) {
  const parsed = parseEnvironment(env)
  /** @type {import('./launch/secret-key.mjs').KeysOfProcess | undefined} */
  let keys
  return {
    ...parsed,
    get databaseUrl() {
      if (parsed.externalDatabaseUrl) return parsed.externalDatabaseUrl
      throw invalid(
        'DATABASE_URL',
        'is missing: start everything with npm start, or give the address of a PostgreSQL',
      )
    },
    get temporalAddress() {
      return parsed.externalTemporalAddress ?? `127.0.0.1:${parsed.temporalPort ?? 7233}`
    },
    /** From SECRET_KEY and SECRET_KEY_EARLIER, or from the key files in DATA_DIR. */
    get secretKeys() {
      return (keys ??= readSecretKeys(parsed))
    },
  }
}

/**
 * @param {string} variable
 * @param {string} problem
 */
const invalid = (variable, problem) =>
  new EnvironmentError(variable, problem, variables[variable]?.example ?? 'true')

/**
 * An empty value counts as absent, as in a compose file.
 * @param {NodeJS.ProcessEnv} env
 * @param {string} name
 */
const given = (env, name) => env[name]?.trim() || undefined

/**
 * The value for a message, unless it is a secret.
 * @param {string} name
 * @param {string} value
 */
const shown = (name, value) => (variables[name]?.secret ? '' : ` ("${value.slice(0, 60)}")`)

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} name
 * @param {{zero?: boolean}} [allow]
 */
function portOf(env, name, allow = {}) {
  const value = given(env, name)
  if (value === undefined) return undefined
  const port = /^\d{1,5}$/.test(value) ? Number(value) : NaN
  const lowest = allow.zero ? 0 : 1
  if (!(port >= lowest && port <= 65535))
    throw invalid(name, `is not a port between ${lowest} and 65535${shown(name, value)}`)
  return port
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} name
 */
function plainOf(env, name) {
  const value = given(env, name)
  if (value !== undefined && /[\s/]/.test(value))
    throw invalid(name, `must not hold spaces or slashes${shown(name, value)}`)
  return value
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} name
 */
function addressOf(env, name) {
  const value = given(env, name)
  if (value !== undefined && !/^(\[[0-9a-f:]+\]|[^\s:/]+):\d{1,5}$/i.test(value))
    throw invalid(name, `is not host:port${shown(name, value)}`)
  return value
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} name
 * @param {string[]} protocols
 */
function urlOf(env, name, protocols) {
  const value = given(env, name)
  if (value === undefined) return undefined
  if (!URL.canParse(value)) throw invalid(name, `is not a URL${shown(name, value)}`)
  const url = new URL(value)
  if (!protocols.includes(url.protocol))
    throw invalid(name, `must begin with ${protocols.map((p) => `${p}//`).join(' or ')}`)
  if (!url.hostname && !url.searchParams.has('host')) throw invalid(name, 'names no host')
  return value
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} name
 */
function emailOf(env, name) {
  const value = given(env, name)
  if (value !== undefined && !/^([^<>\r\n]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/.test(value))
    throw invalid(name, `is not an e-mail address${shown(name, value)}`)
  return value
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} name
 */
function booleanOf(env, name) {
  const value = given(env, name)?.toLowerCase()
  if (value === undefined) return undefined
  if (['1', 'true', 'yes', 'on'].includes(value)) return true
  if (['0', 'false', 'no', 'off'].includes(value)) return false
  throw invalid(name, `is neither true nor false${shown(name, value)}`)
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} name
 * @param {number} least
 */
function longEnough(env, name, least) {
  const value = given(env, name)
  if (value !== undefined && value.length < least)
    throw invalid(name, `is too short: ${value.length} characters, at least ${least} are needed`)
  return value
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {string[]}
 */
function earlierKeysOf(env) {
  const name = 'SECRET_KEY_EARLIER'
  const value = given(env, name)
  if (value === undefined) return []
  const keys = value.startsWith('[')
    ? listOf(name, value)
    : value
        .split(',')
        .map((key) => key.trim())
        .filter(Boolean)
  const short = keys.find((key) => key.length < LEAST_KEY)
  if (short !== undefined)
    throw invalid(
      name,
      `holds a key that is too short: ${short.length} characters, at least ${LEAST_KEY} are needed; where a key holds a comma, write all of them as a JSON list`,
    )
  return keys
}

/**
 * @param {string} name
 * @param {string} value
 * @returns {string[]}
 */
function listOf(name, value) {
  try {
    const list = JSON.parse(value)
    if (Array.isArray(list) && list.every((key) => typeof key === 'string')) return list
  } catch {
    // Its message would repeat what is secret.
  }
  throw invalid(name, 'begins with [ and is no JSON list of texts')
}

/**
 * Two variables with one port would only fail later, as a port that is taken.
 * @param {Environment} e
 */
function refuseSharedPorts(e) {
  /** @type {[string, number | undefined][]} */
  const ports = [
    ['PORT', e.port],
    ['SMTP_RECEIVER_PORT', e.smtpReceiverPort || undefined],
  ]
  if (!e.externalTemporalAddress)
    ports.push(['TEMPORAL_UI_PORT', e.temporalUiPort], ['TEMPORAL_PORT', e.temporalPort])
  if (!e.externalDatabaseUrl) ports.push(['POSTGRES_PORT', e.postgresPort])
  const seen = new Map()
  for (const [name, port] of ports) {
    if (port === undefined) continue
    if (seen.has(port))
      throw invalid(
        name,
        `is ${port}, which ${seen.get(port)} has already: every port must be a different one`,
      )
    seen.set(port, name)
  }
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {number[]} every port that a start listens on, by a variable or by its default
 */
export const portsGiven = (env) =>
  Object.entries(variables).flatMap(([name, { fallback }]) => {
    const port = /(^|_)PORT$/.test(name) ? Number(given(env, name) ?? fallback) : NaN
    return port > 0 ? [port] : []
  })

/**
 * An address a browser can open for one that a server listens on.
 * @param {string} host
 */
function reachable(host) {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
