import { ImapFlow } from 'imapflow'
import type { ConnectionTest } from '../../domain/contract.ts'
import { sentenceOf } from '../../domain/explanation.ts'
import { explained } from '../../languages/explanation.ts'
import { ImapFailure, imapFailure } from './failure.ts'
import { accessToken, forgetAccessToken, type OAuth2Grant } from './oauth2.ts'

/** An IMAP folder to read, and how to sign in there. */
export interface ImapAccount {
  host: string
  port: number
  /** TLS from the first byte; otherwise STARTTLS when offered. */
  secure: boolean
  user: string
  /** One of the two. */
  password: string | null
  oauth2: OAuth2Grant | null
  allowInvalidCertificate: boolean
  folder: string
}

/** Longest waits, in milliseconds. */
export interface ImapTimeouts {
  connect: number
  /** For the greeting. */
  greeting: number
  /** Silence while an answer is due. */
  silence: number
}

export const defaultTimeouts: ImapTimeouts = { connect: 15_000, greeting: 15_000, silence: 40_000 }

/** A test is waited for by a person. */
const TEST_MS = 10_000

/**
 * Connects and signs in. The connection never marks anything as seen by itself and never starts
 * IDLE by itself.
 * @param onRotated keeps the refresh token that an OAuth2 provider exchanges.
 * @throws ImapFailure with what to change.
 */
export async function openImap(
  account: ImapAccount,
  waits: ImapTimeouts = defaultTimeouts,
  onRotated?: (refreshToken: string) => Promise<void>,
): Promise<ImapFlow> {
  if (account.oauth2) return openWithToken(account, account.oauth2, waits, onRotated)
  if (account.password === null)
    throw new ImapFailure('settings-incomplete', [
      sentenceOf('password-not-stored', { user: account.user }),
    ])
  return connect(account, waits, { pass: account.password })
}

async function openWithToken(
  account: ImapAccount,
  grant: OAuth2Grant,
  waits: ImapTimeouts,
  onRotated?: (refreshToken: string) => Promise<void>,
): Promise<ImapFlow> {
  try {
    return await connect(account, waits, { accessToken: await accessToken(grant, onRotated) })
  } catch (error) {
    if (!(error instanceof ImapFailure) || error.code !== 'sign-in-refused') throw error
    // A token may be withdrawn before its time: once more, with a fresh one.
    forgetAccessToken(grant)
    return connect(account, waits, { accessToken: await accessToken(grant, onRotated) })
  }
}

async function connect(
  account: ImapAccount,
  waits: ImapTimeouts,
  secret: { pass: string } | { accessToken: string },
): Promise<ImapFlow> {
  const client = new ImapFlow({
    host: account.host,
    port: account.port,
    secure: account.secure,
    // A password never travels in the clear to another machine, unless the administrator has said
    // that this server's protection does not matter.
    ...(account.secure || account.allowInvalidCertificate || isLoopback(account.host)
      ? {}
      : { doSTARTTLS: true }),
    tls: { rejectUnauthorized: !account.allowInvalidCertificate },
    auth: { user: account.user, ...secret },
    clientInfo: { name: 'Guichet' },
    connectionTimeout: waits.connect,
    greetingTimeout: waits.greeting,
    socketTimeout: waits.silence,
    disableAutoIdle: true,
    logger: false,
  })
  // Every failure reaches the caller through the command it breaks; without a listener it would end
  // the process as well.
  client.on('error', () => undefined)
  try {
    await within(waits.connect + waits.greeting + waits.silence, client.connect())
    return client
  } catch (error) {
    const { received } = client.stats()
    client.close()
    throw imapFailure(
      error,
      account,
      undefined,
      client.greeting === undefined ? received : undefined,
    )
  }
}

/**
 * Ends a wait that nothing else would end.
 * @param ms milliseconds.
 * @throws an error with the code ETIMEOUT.
 */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(Object.assign(new Error('no answer in time'), { code: 'ETIMEOUT' }))
    }, ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Says goodbye if the server still listens; never throws, never waits long. */
export async function closeImap(client: ImapFlow): Promise<void> {
  await within(2_000, client.logout()).catch(() => undefined)
  client.close()
}

/**
 * Selects the folder.
 * @param readOnly EXAMINE: the server changes nothing, not even \Recent.
 * @throws ImapFailure that lists the folders there are.
 */
export async function selectFolder(
  client: ImapFlow,
  account: ImapAccount,
  readOnly: boolean,
): Promise<{ uidValidity: bigint; exists: number }> {
  try {
    const { uidValidity, exists } = await client.mailboxOpen(account.folder, { readOnly })
    return { uidValidity, exists }
  } catch (error) {
    const { responseStatus } = error as { responseStatus?: string }
    if (responseStatus !== 'NO' && responseStatus !== 'BAD')
      throw imapFailure(error, account, account.folder)
    const folders = await foldersOf(client).catch((): string[] => [])
    if (folders.includes(account.folder)) throw imapFailure(error, account, account.folder)
    throw new ImapFailure(
      'folder-missing',
      [
        sentenceOf('folder-missing', {
          folder: account.folder,
          host: account.host,
          user: account.user,
        }),
        ...(folders.length > 0
          ? [sentenceOf('folders-there', { folders: folders.slice(0, 30).join(', ') })]
          : []),
      ],
      { folders },
    )
  }
}

const foldersOf = async (client: ImapFlow): Promise<string[]> =>
  (await client.list()).filter((f) => !f.flags.has('\\Noselect')).map((f) => f.path)

/**
 * "Test connection": connects, signs in, opens the folder, changes nothing.
 * @returns within ten seconds; `detail` holds folders, capabilities and the number of mails, or the
 *   folders there are.
 */
export async function testImap(
  account: ImapAccount,
  onRotated?: (refreshToken: string) => Promise<void>,
): Promise<ConnectionTest> {
  const began = Date.now()
  let client: ImapFlow | undefined
  const attempt = (async (): Promise<ConnectionTest> => {
    client = await openImap(account, { connect: 7_000, greeting: 7_000, silence: 8_000 }, onRotated)
    const { exists } = await selectFolder(client, account, true)
    const folders = await foldersOf(client)
    const { host, user, folder } = account
    return {
      ...explained([
        sentenceOf('imap-signed-in', { host, user }),
        sentenceOf('folder-holds', { folder, count: exists }),
      ]),
      ok: true,
      code: 'ok',
      detail: {
        folders,
        capabilities: [...client.capabilities.keys()],
        mails: exists,
        encrypted: client.secureConnection,
        milliseconds: Date.now() - began,
      },
    }
  })()
  try {
    return await within(TEST_MS - 500, attempt)
  } catch (error) {
    const { code, explanation, detail } = imapFailure(error, account)
    return { ...explained(explanation), ok: false, code, detail }
  } finally {
    // A connection that comes up after the deadline is closed then.
    void attempt
      .catch(() => undefined)
      .then(() => {
        if (client) return closeImap(client)
      })
  }
}

const isLoopback = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host)
