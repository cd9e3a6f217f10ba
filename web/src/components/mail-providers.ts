import type { MessageKey } from '../../../languages/keys.ts'

export type ProviderId = 'microsoft' | 'google' | 'infomaniak' | 'ionos' | 'ovh' | 'other'

interface Server {
  host: string
  port: number
  secure: boolean
}
export interface Provider {
  id: ProviderId
  imap: Server
  smtp: Server
  hint?: MessageKey
  oauth?: 'microsoft' | 'google'
}

/** Well-known mail services, so that nobody has to look for ports. `other` leaves the host open. */
export const providers: readonly Provider[] = [
  {
    id: 'microsoft',
    imap: { host: 'outlook.office365.com', port: 993, secure: true },
    smtp: { host: 'smtp.office365.com', port: 587, secure: false },
    hint: 'provider.hint.microsoft',
    oauth: 'microsoft',
  },
  {
    id: 'google',
    imap: { host: 'imap.gmail.com', port: 993, secure: true },
    smtp: { host: 'smtp.gmail.com', port: 587, secure: false },
    hint: 'provider.hint.google',
    oauth: 'google',
  },
  {
    id: 'infomaniak',
    imap: { host: 'mail.infomaniak.com', port: 993, secure: true },
    smtp: { host: 'mail.infomaniak.com', port: 587, secure: false },
  },
  {
    id: 'ionos',
    imap: { host: 'imap.ionos.com', port: 993, secure: true },
    smtp: { host: 'smtp.ionos.com', port: 587, secure: false },
  },
  {
    id: 'ovh',
    imap: { host: 'ssl0.ovh.net', port: 993, secure: true },
    smtp: { host: 'ssl0.ovh.net', port: 587, secure: false },
  },
  {
    id: 'other',
    imap: { host: '', port: 993, secure: true },
    smtp: { host: '', port: 587, secure: false },
  },
]

export const providerOf = (id: string): Provider =>
  providers.find((one) => one.id === id) ?? providers[providers.length - 1]!

/** Which provider a stored server belongs to. */
export const providerByHost = (host: string): ProviderId =>
  providers.find((one) => one.imap.host === host || one.smtp.host === host)?.id ?? 'other'
