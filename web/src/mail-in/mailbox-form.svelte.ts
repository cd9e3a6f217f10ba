import type { Mailbox } from '../../../domain/mail-in/contract.ts'
import type { Schema } from '../api/client.ts'
import { providerOf } from '../components/mail-providers.ts'
import { MailServerForm } from '../components/mail-server-form.svelte.ts'

type Imap = NonNullable<Schema<'NewMailbox'>['imap']>

/** What stands in the mailbox form, and what it says to the API. */
export class MailboxForm extends MailServerForm {
  address = $state('')
  aliases = $state('')
  way = $state('imap')
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
    super('imap')
    if (!stored) return
    this.address = stored.address
    this.aliases = stored.aliases.join(', ')
    this.enabled = stored.enabled
    this.plusAddresses = stored.plusAddresses
    this.way = stored.imap ? 'imap' : 'receiver'
    if (!stored.imap) return
    const { user, folder, afterImport, allowInvalidCertificate, oauth2Provider } = stored.imap
    this.reach(stored.imap)
    this.user = user
    this.userTouched = true
    this.folder = folder
    this.after = afterImport.startsWith('move:') ? 'move' : afterImport
    this.moveTo = afterImport.startsWith('move:') ? afterImport.slice(5) : ''
    this.invalidCertificate = allowInvalidCertificate
    this.oauth = oauth2Provider !== null
  }

  override choose(id: string): void {
    super.choose(id)
    if (!providerOf(id).oauth) this.oauth = false
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
    return providerOf(this.provider).oauth ?? null
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
