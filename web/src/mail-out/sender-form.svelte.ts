import type { Sender } from '../../../domain/mail-out/contract.ts'
import type { Schema } from '../api/client.ts'
import { MailServerForm } from '../components/mail-server-form.svelte.ts'
import { bareAddress } from '../conversation/correspondents.ts'

/** What stands in the sender form, and what it says to the API. */
export class SenderForm extends MailServerForm {
  from = $state('')
  user = $state('')
  password = $state('')
  invalidCertificate = $state(false)
  dkim = $state(false)
  dkimDomain = $state('')
  dkimSelector = $state('')
  dkimKey = $state('')
  private userTouched = false

  constructor(stored: Sender | null) {
    super('smtp')
    if (!stored) return
    this.from = stored.from
    this.reach(stored.smtp)
    this.user = stored.smtp.user ?? ''
    this.userTouched = true
    this.invalidCertificate = stored.smtp.allowInvalidCertificate
    this.dkim = stored.dkim !== null
    this.dkimDomain = stored.dkim?.domain ?? ''
    this.dkimSelector = stored.dkim?.selector ?? ''
  }

  setFrom(from: string): void {
    this.from = from
    if (!this.userTouched) this.user = bareAddress(from)
  }

  setUser(user: string): void {
    this.user = user
    this.userTouched = true
  }

  get body(): Schema<'NewSender'> {
    return {
      from: this.from,
      smtp: {
        host: this.host,
        port: Number(this.port),
        secure: this.security === 'tls',
        user: this.user === '' ? null : this.user,
        allowInvalidCertificate: this.invalidCertificate,
        ...(this.password === '' ? {} : { password: this.password }),
      },
      dkim: this.dkim
        ? {
            domain: this.dkimDomain,
            selector: this.dkimSelector,
            ...(this.dkimKey === '' ? {} : { privateKey: this.dkimKey }),
          }
        : null,
    }
  }

  static readonly shown = [
    '/from',
    '/smtp/host',
    '/smtp/port',
    '/smtp/user',
    '/smtp/password',
    '/dkim/domain',
    '/dkim/selector',
    '/dkim/privateKey',
    '/sender/from',
    '/sender/smtp/host',
    '/sender/smtp/port',
    '/sender/smtp/user',
    '/sender/smtp/password',
  ]
}
