import { describe, expect, it } from 'vitest'
import { MailboxForm } from '../../../web/src/mail-in/mailbox-form.svelte.ts'
import { SenderForm } from '../../../web/src/mail-out/sender-form.svelte.ts'

describe('the server of a mailbox and of a sender', () => {
  it('begins with the usual port and encryption of its protocol', () => {
    const [mailbox, sender] = [new MailboxForm(null), new SenderForm(null)]
    expect([mailbox.port, mailbox.security]).toEqual([993, 'tls'])
    expect([sender.port, sender.security]).toEqual([587, 'startTls'])
  })
  it('is filled in by the choice of a provider', () => {
    const [mailbox, sender] = [new MailboxForm(null), new SenderForm(null)]
    mailbox.choose('ovh')
    sender.choose('microsoft')
    expect(mailbox.imap).toMatchObject({ host: 'ssl0.ovh.net', port: 993, secure: true })
    expect(sender.body.smtp).toMatchObject({
      host: 'smtp.office365.com',
      port: 587,
      secure: false,
    })
  })
  it('has the port that goes with its encryption, unless another was written', () => {
    const sender = new SenderForm(null)
    sender.secure('tls')
    expect(sender.port).toBe(465)
    sender.port = 2525
    sender.secure('startTls')
    expect(sender.port).toBe(2525)
    const mailbox = new MailboxForm(null)
    mailbox.secure('startTls')
    expect(mailbox.port).toBe(143)
  })
  it('that is stored stays as it is', () => {
    const smtp = {
      host: 'relay.desk.example',
      port: 25,
      secure: false,
      user: null,
      allowInvalidCertificate: true,
    }
    const sender = new SenderForm({ from: 'it@desk.example', smtp, dkim: null } as never)
    expect(sender.provider).toBe('other')
    expect(sender.body.smtp).toEqual(smtp)
  })
  it('signs in otherwise only where the provider offers it', () => {
    const mailbox = new MailboxForm(null)
    mailbox.choose('google')
    mailbox.oauth = true
    mailbox.choose('ionos')
    expect(mailbox.oauth).toBe(false)
  })
})
