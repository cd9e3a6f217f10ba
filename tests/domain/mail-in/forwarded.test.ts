import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { forwardedOriginal } from '../../../domain/mail-in/forwarded.ts'

const found = (text: string, subject = 'Fwd: x') =>
  forwardedOriginal({ subject, text, attached: null })
const lena = { address: 'lena@kunde.example', name: 'Lena Bauer' }

describe('the original sender of a mail forwarded by hand', () => {
  for (const separator of [
    '---------- Forwarded message ---------',
    '---------- Message transféré ---------',
    '---------- Weitergeleitete Nachricht ---------',
    '---------- Mensaje reenviado ---------',
    '---------- Messaggio inoltrato ---------',
    '---------- Doorgestuurd bericht ---------',
    '---------- Mensagem encaminhada ---------',
    '-------- Przekazana wiadomość --------',
    '-------- Vidarebefordrat meddelande --------',
    '-------- Пересылаемое сообщение --------',
    '---------- 转发的邮件 ---------',
    '----- Forwarded Message -----',
  ]) {
    it(`stands below ${separator}`, () => {
      assert.deepEqual(
        found(
          `fyi\n\n${separator}\nFrom: Lena Bauer <lena@kunde.example>\nDate: Mon\nSubject: Help\nTo: <x@y>\n\nbody`,
        ),
        { from: lena, subject: 'Help', date: 'Mon' },
      )
      assert.equal(
        found(
          `fyi\n\n${separator}\nFrom: Lena Bauer <lena@kunde.example>\nSubject: Help\n\nbody`,
          'no prefix',
        )?.from.address,
        lena.address,
      )
    })
  }
  for (const [sentence, from, subject] of [
    ['Begin forwarded message:', 'From', 'Subject'],
    ['Début du message transféré :', 'De', 'Objet'],
    ['Anfang der weitergeleiteten Nachricht:', 'Von', 'Betreff'],
    ['Inizio messaggio inoltrato:', 'Da', 'Oggetto'],
    ['Begin doorgestuurd bericht:', 'Van', 'Onderwerp'],
  ] as const) {
    it(`stands below Apple's “${sentence}”`, () =>
      assert.deepEqual(
        found(
          `\n> ${sentence}\n> \n> ${from}: Lena Bauer <lena@kunde.example>\n> ${subject}: Help\n> \n> body`,
        ),
        { from: lena, subject: 'Help', date: null },
      ))
  }
  it("stands in Outlook's block under a subject that says forwarded", () => {
    const block =
      'Pls handle\n\nFrom: Lena Bauer [mailto:lena@kunde.example]\nSent: Monday, May 13, 2024 4:02 PM\nTo: Josef\nSubject: Help\n\nbody'
    assert.deepEqual(found(block, 'FW: Help'), {
      from: lena,
      subject: 'Help',
      date: 'Monday, May 13, 2024 4:02 PM',
    })
    assert.equal(found(block, 'RE: Help'), null)
    assert.equal(found(block, 'Help'), null)
  })
  it("stands in the separator's own line in Yahoo's plain text", () => {
    assert.equal(
      found(
        '   ----- Weitergeleitete Nachricht ----- Von: Lena Bauer <lena@kunde.example>An: "x@y.example" <x@y.example>Betreff: Help',
      )?.from.address,
      lena.address,
    )
  })
  it('stands in a line of attribution under a subject that says forwarded', () => {
    const line = 'On 28/10/2021 12:46, "Lena Bauer" <lena@kunde.example> wrote:\n\n    body'
    assert.deepEqual(found(line)?.from, lena)
    assert.equal(found(line, 'Re: x'), null)
    for (const other of [
      'Op 28/10/2021 12:46 heeft Lena Bauer <lena@kunde.example> geschreven:',
      '28/10/2021 12:46 időpontban Lena Bauer (lena@kunde.example) ezt írta:',
      '28/10/2021 12:46 používateľ Lena Bauer (<lena@kunde.example>) napísal:',
    ]) {
      assert.deepEqual(found(`${other}\n\n    body`)?.from, lena, other)
    }
  })
  it('is told from an answer by the language where the prefix means both', () => {
    const block = (from: string, date: string, to: string, subject: string) =>
      `${from}: Lena Bauer <lena@kunde.example>\n${date}: 28.10.2021\n${to}: x\n${subject}: Help\n\nbody`
    assert.equal(found(block('Fra', 'Dato', 'Til', 'Emne'), 'VS: Help')?.from.address, lena.address)
    assert.equal(found(block('Lähettäjä', 'Päivä', 'Vastaanottaja', 'Aihe'), 'VS: Help'), null)
  })
  it('is the first one when a mail was forwarded twice', () => {
    assert.equal(
      found(
        '---------- Forwarded message ---------\nFrom: <a@x.example>\nSubject: Fwd: x\n\n---------- Forwarded message ---------\nFrom: <b@x.example>\nSubject: x\n\nbody',
      )?.from.address,
      'a@x.example',
    )
  })
  it('is not made up where the block names no address', () =>
    assert.equal(
      found('From: Lena Bauer\nSent: Monday\nTo: Josef\nSubject: Help\n\nbody', 'FW: Help'),
      null,
    ))
  it('is not seen in ordinary mail', () =>
    assert.equal(found('I forwarded message 5 to you.\nFrom: here\n', 'Help'), null))
  it('stands in a mail that was attached', () => {
    const attached = [
      { name: 'from', value: '"Bauer, Lena" <Lena@kunde.example>' },
      { name: 'subject', value: 'Help' },
    ]
    assert.deepEqual(forwardedOriginal({ subject: 'WG: Help', text: 'see attached', attached }), {
      from: { address: 'lena@kunde.example', name: 'Bauer, Lena' },
      subject: 'Help',
      date: null,
    })
    assert.equal(
      forwardedOriginal({ subject: 'Help', text: 'x', attached })?.from.address,
      'lena@kunde.example',
    )
    assert.equal(forwardedOriginal({ subject: 'Other', text: 'here is evidence', attached }), null)
  })
})
