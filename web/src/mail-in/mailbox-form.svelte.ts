import type { Mailbox } from '../../../domain/mail-in/contract.ts'
import type { Schema } from '../api/client.ts'
import { providerByHost, type ProviderId, providerOf } from '../components/mail-providers.ts'

type Imap = NonNullable<Schema<'NewMailbox'>['imap']>

/** What stands in the mailbox form, and what it says to the API. */
export class MailboxForm {
  address = $state('')
  aliases = $state('')
  way = $state('imap')
  provider = $state<string>('other')
  host = $state('')
  port = $state<number | string>(993)
  security = $state('tls')
  user = $state('')
  password = $state('')
  folder = $state('INBOX')
  after = $state('keep')
  moveTo = $state('')
  invalidCertificate = $state(false)
  enabled = $state(true)
  plusAddresses = $state(true)
  oauth = $state(false)
  clientId = $state('')
  clientSecret = $state('')
  refreshToken = $state('')
  tenant = $state('common')
  /** The user name follows the address until somebody writes another. */
  private userTouched = false

  constructor(stored: Mailbox | null) {
    if (!stored) return
    this.address = stored.address
    this.aliases = stored.aliases.join(', ')
    this.enabled = stored.enabled
    this.plusAddresses = stored.plusAddresses
    this.way = stored.imap ? 'imap' : 'receiver'
    if (!stored.imap) return
    const {
      host,
      port,
      secure,
      user,
      folder,
      afterImport,
      allowInvalidCertificate,
      oauth2Provider,
    } = stored.imap
    this.provider = providerByHost(host)
    this.host = host
    this.port = port
    this.security = secure ? 'tls' : 'startTls'
    this.user = user
    this.userTouched = true
    this.folder = folder
    this.after = afterImport.startsWith('move:') ? 'move' : afterImport
    this.moveTo = afterImport.startsWith('move:') ? afterImport.slice(5) : ''
    this.invalidCertificate = allowInvalidCertificate
    this.oauth = oauth2Provider !== null
  }

  choose(id: string): void {
    const { imap, oauth } = providerOf(id)
    this.provider = id
    this.host = imap.host
    this.port = imap.port
    this.security = imap.secure ? 'tls' : 'startTls'
    if (!oauth) this.oauth = false
  }

  /** The usual port goes with the encryption. */
  secure(how: string): void {
    this.security = how
    if (this.port === 993 || this.port === 143) this.port = how === 'tls' ? 993 : 143
  }

  setAddress(address: string): void {
    this.address = address
    if (!this.userTouched) this.user = address
  }

  setUser(user: string): void {
    this.user = user
    this.userTouched = true
  }

  get oauthProvider(): 'microsoft' | 'google' | null {
    return providerOf(this.provider as ProviderId).oauth ?? null
  }

  get imap(): Imap {
    return {
      host: this.host,
      port: Number(this.port),
      secure: this.security === 'tls',
      user: this.user,
      folder: this.folder,
      afterImport: this.after === 'move' ? `move:${this.moveTo}` : this.after,
      allowInvalidCertificate: this.invalidCertificate,
      ...(this.password !== '' && !this.oauth ? { password: this.password } : {}),
      ...(this.oauth && this.oauthProvider && this.refreshToken !== ''
        ? {
            oauth2: {
              provider: this.oauthProvider,
              clientId: this.clientId,
              clientSecret: this.clientSecret,
              refreshToken: this.refreshToken,
              tenant: this.tenant,
            },
          }
        : {}),
    }
  }

  get aliasList(): string[] {
    return this.aliases.split(/[\s,;]+/).filter((one) => one !== '')
  }

  /** Pointers of the fields that show their own errors. */
  static readonly shown = [
    '/address',
    '/imap/host',
    '/imap/port',
    '/imap/user',
    '/imap/password',
    '/imap/folder',
    '/imap/oauth2/clientId',
    '/imap/oauth2/refreshToken',
    '/aliases/0',
  ]
}
