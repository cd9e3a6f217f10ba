// The mail servers around a site, with the ways to them.
import { Dovecot } from '../../tests/harness/dovecot.ts'
import { SmtpPeer } from '../../tests/harness/smtp-peer.ts'
import { TcpProxy } from './proxy.ts'

export const IMAP = { user: 'it', password: 'imap-secret' }
export const SMTP = { user: 'it-out', password: 'smtp-secret' }

export interface MailServers {
  dovecot: Dovecot
  peer: SmtpPeer
  imap: TcpProxy
  smtp: TcpProxy
  remove: () => Promise<void>
}

export async function startMailServers(): Promise<MailServers> {
  const dovecot = await Dovecot.start()
  dovecot.addUser(IMAP.user, IMAP.password)
  const peer = await SmtpPeer.start(SMTP)
  const imap = await TcpProxy.open(dovecot)
  const smtp = await TcpProxy.open(peer)
  return {
    dovecot,
    peer,
    imap,
    smtp,
    remove: async () => {
      dovecot.resume()
      await Promise.all([imap.close(), smtp.close(), peer.stop(), dovecot.remove()])
    },
  }
}
