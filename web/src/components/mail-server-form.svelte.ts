import { providerByHost, providerOf } from './mail-providers.ts'

/** The ports that go with each way of encryption. */
const usualPorts = {
  imap: { tls: 993, startTls: 143 },
  smtp: { tls: 465, startTls: 587 },
} as const
export type MailProtocol = keyof typeof usualPorts

/** Which mail server, and how it is reached: what the forms of a mailbox and of a sender have alike. */
export class MailServerForm {
  provider = $state<string>('other')
  host = $state('')
  port = $state<number | string>('')
  security = $state('')
  readonly protocol: MailProtocol

  constructor(protocol: MailProtocol) {
    this.protocol = protocol
    this.#take('other')
  }

  /** Takes what is stored. */
  protected reach(stored: { host: string; port: number; secure: boolean }): void {
    this.provider = providerByHost(stored.host)
    this.host = stored.host
    this.port = stored.port
    this.security = stored.secure ? 'tls' : 'startTls'
  }

  choose(id: string): void {
    this.#take(id)
  }
  #take(id: string): void {
    const { host, port, secure } = providerOf(id)[this.protocol]
    this.provider = id
    this.host = host
    this.port = port
    this.security = secure ? 'tls' : 'startTls'
  }

  /** The usual port goes with the encryption. */
  secure(how: string): void {
    const { tls, startTls } = usualPorts[this.protocol]
    this.security = how
    if (this.port === tls || this.port === startTls) this.port = how === 'tls' ? tls : startTls
  }
}
