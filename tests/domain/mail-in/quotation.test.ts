import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { visibleText } from '../../../domain/mail-in/quotation.ts'

const answered = (attribution: string) =>
  `Thanks, it works.\n\n${attribution}\n\n> Dear Anna,\n> does it print?\n`

describe('what is new in a mail', () => {
  const attributions = [
    'On Tue, May 14, 2024 at 10:58 AM IT Support <it@company.example> wrote:',
    'On Tue, May 14, 2024 at 10:58 AM IT Support <\nit+t1042.k7f3abcdmnopqrst@company.example> wrote:',
    'Am 14.05.24 um 10:58 schrieb IT Support:',
    'Am Di., 14. Mai 2024 um 10:58 Uhr schrieb IT Support <it@company.example>:',
    'IT Support <it@company.example> schrieb am Di., 14. Mai 2024, 10:58:',
    'Le mar. 14 mai 2024 à 10:58, IT Support <it@company.example> a écrit :',
    'Le 14/05/2024 à 10:58, IT Support a écrit\u00a0:',
    'El mar, 14 may 2024 a las 10:58, IT Support (<it@company.example>) escribió:',
    'Il giorno mar 14 mag 2024 alle ore 10:58 IT Support <it@company.example> ha scritto:',
    'Op di 14 mei 2024 om 10:58 schreef IT Support <it@company.example>:',
    'Em ter., 14 de mai. de 2024 às 10:58, IT Support <it@company.example> escreveu:',
    'wt., 14 maj 2024 o 10:58 IT Support <it@company.example> napisał(a):',
    'Den tis 14 maj 2024 kl 10:58 skrev IT Support <it@company.example>:',
    'ti 14.5.2024 klo 10.58 IT Support (it@company.example) kirjoitti:',
    'út 14. 5. 2024 v 10:58 odesílatel IT Support <it@company.example> napsal:',
    'IT Support <it@company.example> ezt írta (időpont: 2024. máj. 14., K, 10:58):',
    'IT Support <it@company.example>, 14 May 2024 Sal, 10:58 tarihinde şunu yazdı:',
    'вт, 14 мая 2024 г. в 10:58, IT Support <it@company.example>:\n',
    '14.05.2024 10:58, IT Support пишет:',
    '2024年5月14日(火) 10:58 IT Support <it@company.example>:',
    '在 2024年5月14日，10:58，IT Support <it@company.example> 写道：',
    'IT Support <it@company.example> 於 2024年5月14日 週二 上午10:58寫道：',
    '2024년 5월 14일 (화) 오전 10:58, IT Support <it@company.example>님이 작성:',
    '14.05.2024, 10:58, "IT Support" <it@company.example>:',
    '14.05.2024 10:58 пользователь "IT Support" <\nit@company.example> написал:',
    'Op 14/05/2024 10:58 heeft IT Support <it@company.example> geschreven:',
    'IT Support wrote:',
    'Am 14.05.2024 10:58 schrieb "IT Support" <it@company.example\n>:',
    '2024-05-14 10:58 GMT+02:00 IT Support <\nit@company.example>:',
    '2024/5/14 IT Support <it@company.example>',
    '---- On Tue, 14 May 2024 10:58:00 +0200 IT Support <it@company.example> wrote ----',
    'On Tue, 14 May 2024 10:58:00 +0200 IT Support <it@company.example> wrote',
    '---- IT Support wrote ----',
  ]
  for (const attribution of attributions) {
    it(`stops above “${attribution.replace(/\s+/g, ' ').slice(0, 60)}…”`, () => {
      const found = visibleText(answered(attribution))
      assert.equal(found.visible, 'Thanks, it works.')
      assert.match(found.quoted, /does it print/)
      assert.ok(found.quoted.includes(attribution.trim().split('\n')[0] ?? ''))
    })
  }

  const blocks = [
    '-----Original Message-----\nFrom: IT\nSent: Tuesday\nTo: Anna\nSubject: x',
    '-----Ursprüngliche Nachricht-----\nVon: IT\nGesendet: Dienstag\nAn: Anna\nBetreff: x',
    '________________________________\nFrom: IT Support <it@company.example>\nSent: Tuesday, May 14, 2024 10:58 AM\nTo: Anna\nSubject: x',
    'Von: IT Support <it@company.example>\nGesendet: Dienstag, 14. Mai 2024 10:58\nAn: Anna\nBetreff: x',
    'De : IT Support <it@company.example>\nEnvoyé : mardi 14 mai 2024 10:58\nÀ : Anna\nObjet : x',
    'De: IT Support\nEnviado el: martes, 14 de mayo de 2024 10:58\nPara: Anna\nAsunto: x',
    'Da: IT Support\nInviato: martedì 14 maggio 2024 10:58\nA: Anna\nOggetto: x',
    'Van: IT Support\nVerzonden: dinsdag 14 mei 2024 10:58\nAan: Anna\nOnderwerp: x',
    'De: IT Support\nEnviada em: terça-feira, 14 de maio de 2024 10:58\nPara: Anna\nAssunto: x',
    'Od: IT Support\nWysłano: wtorek, 14 maja 2024 10:58\nDo: Anna\nTemat: x',
    'Från: IT Support\nSkickat: den 14 maj 2024 10:58\nTill: Anna\nÄmne: x',
    'От: IT Support\nОтправлено: 14 мая 2024 г. 10:58\nКому: Anna\nТема: x',
    '发件人: IT Support\n发送时间: 2024年5月14日 10:58\n收件人: Anna\n主题: x',
    '差出人: IT Support\n送信日時: 2024年5月14日 10:58\n宛先: Anna\n件名: x',
    '*From:* IT Support <it@company.example>\n*Sent:* Tuesday, May 14, 2024\n*To:* Anna\n*Subject:* x',
  ]
  for (const block of blocks) {
    it(`stops above the header block “${block.replace(/\s+/g, ' ').slice(0, 50)}…”`, () => {
      const found = visibleText(
        `Thanks, it works.\n\nAnna\n\n${block}\n\nDear Anna,\ndoes it print?\n`,
      )
      assert.equal(found.visible, 'Thanks, it works.\n\nAnna')
      assert.equal(found.quoted, `${block}\n\nDear Anna,\ndoes it print?`)
    })
  }

  it('does not draw the line before an attribution into it', () => {
    assert.equal(
      visibleText('Hello\n14.05.2024 10:58 пользователь "IT" <\nit@x.example> написал:\n\n> Hi\n')
        .visible,
      'Hello',
    )
  })
  it("stops above Hotmail's block, which begins with the date", () => {
    assert.equal(
      visibleText(
        'Hello\n\nDate: Thu, 26 Jun 2014\nSubject: x\nFrom: it@x.example\nTo: a@x.example\n\nold',
      ).visible,
      'Hello',
    )
  })
  it('is what stands below the quotation, too', () => {
    const found = visibleText(
      'On Tue, May 14, 2024, IT <it@x> wrote:\n> a\n> b\n\nMy answer stands below.\n',
    )
    assert.equal(found.visible, 'My answer stands below.')
    assert.match(found.quoted, /> a/)
  })
  it('keeps answers between quoted lines, with what they answer, and folds the rest', () => {
    const found = visibleText(
      'Am 14.05.24 um 11:00 schrieb IT:\n> one?\nfirst answer\n> two?\nsecond answer\n\n> three\n> four\n',
    )
    assert.match(found.visible, /> one\?\nfirst answer\n> two\?\nsecond answer$/)
    assert.match(found.quoted, /> three\n> four/)
  })
  it('is everything in a mail that only quotes', () => {
    for (const text of [
      '> all\n> quoted',
      'On May 14, 2024 IT <it@x> wrote:\n> all',
      '-----Original Message-----\nFrom: a\nSent: b\nSubject: c\n\nwords',
      '-- \nAnna',
    ]) {
      assert.deepEqual(visibleText(text), { visible: text, quoted: '', signature: '' })
    }
  })
  it('is everything in a mail that quotes nothing', () => {
    for (const text of [
      'Hello',
      'He wrote:\nsomething',
      'From: the beginning\nI knew it',
      'Note: to self\nDate: tomorrow',
      'Two -- dashes\n--- and three',
      'a\n\n-----\n\nb',
    ])
      assert.equal(visibleText(text).visible, text)
  })
  it('does not take a sentence for an attribution', () => {
    const text =
      'On Monday I saw the error, and this is what the log of 10:58 wrote:\nError 17\nCan you help?'
    assert.match(visibleText(text).visible + visibleText(text).quoted, /Can you help/)
  })
  it('loses no word, whatever is folded', () => {
    const text = 'a\n\nOn May 14, 2024 IT <it@x> wrote:\n> b\n\nc\n> d\ne\n\n-- \nf\n'
    const { visible, quoted, signature } = visibleText(text)
    for (const word of ['a', '> b', 'c', '> d', 'e', 'f'])
      assert.ok(`${visible}\n${quoted}\n${signature}`.split('\n').includes(word), word)
  })
})

describe('a signature', () => {
  it('begins at the dashes', () =>
    assert.deepEqual(visibleText('Hello\n\n-- \nAnna\nKunde GmbH'), {
      visible: 'Hello',
      quoted: '',
      signature: '-- \nAnna\nKunde GmbH',
    }))
  it('stands above the quotation as well', () => {
    const found = visibleText('Hello\n\n-- \nAnna\n\nOn Tue, May 14, 2024 IT <it@x> wrote:\n> q')
    assert.equal(found.visible, 'Hello')
    assert.equal(found.signature, '-- \nAnna')
  })
  for (const line of [
    'Sent from my iPhone',
    'Von meinem iPhone gesendet',
    'Envoyé de mon iPhone',
    'Enviado desde mi iPhone',
    'Inviato da iPhone',
    'Verstuurd vanaf mijn iPhone',
    'Enviado do meu iPhone',
    'Wysłane z iPhone’a',
    'Skickat från min iPhone',
    'Отправлено с iPhone',
    'iPhoneから送信',
    '发自我的iPhone',
    'Get Outlook for iOS<https://aka.ms/o0ukef>',
    'Sent from Outlook for Android',
    'Gesendet mit der Telekom Mail App',
    'Sent with Proton Mail secure email.',
  ]) {
    it(`may be “${line}”`, () =>
      assert.deepEqual(visibleText(`Hello\n\n${line}\n`), {
        visible: 'Hello',
        quoted: '',
        signature: line,
      }))
  }
  it('is not a dash rule with a long text below', () => {
    const text = `Hello\n--\n${'line\n'.repeat(40)}`.trim()
    assert.equal(visibleText(text).visible, text)
  })
})

describe('folding', () => {
  it('takes no longer than a moment for hostile text', () => {
    for (const text of [
      '>'.repeat(1_000_000),
      '> \n\n'.repeat(100_000),
      'On '.repeat(200_000),
      `${'From: a\n'.repeat(50_000)}`,
      `${'On 1.1.2024 x:\n'.repeat(50_000)}`,
      '-- \n'.repeat(100_000),
      ':'.repeat(500_000),
      `${'a wrote b '.repeat(50)}:\n`.repeat(1000),
    ]) {
      // CPU and not the clock: the machine may be busy with something else. What is quadratic takes
      // minutes here.
      const before = process.cpuUsage()
      visibleText(text)
      const ms = process.cpuUsage(before).user / 1000
      assert.ok(ms < 5000, `${text.slice(0, 20)} took ${ms} ms of CPU`)
    }
  })
})

describe('what was written stays visible', () => {
  it('on the line above a wrapped attribution, whatever numbers are in it', () => {
    const found = visibleText(
      'I only have time\nto test this in 2 weeks. I will tell you then...\nOp 16 aug. 2014 05:13 schreef "IT" <it@company.example> het\nvolgende geschreven:\n\n> Could you test?\n',
    )
    assert.equal(
      found.visible,
      'I only have time\nto test this in 2 weeks. I will tell you then...',
    )
  })
  it('on the same line as an attribution', () => {
    assert.match(
      visibleText(
        'Good.\nIt works now On Wed, Apr 4, 2012 at 3:59 PM, it@company.example wrote:\n> Hi',
      ).visible,
      /It works now/,
    )
  })
  it('of a long log, in little time', () => {
    const log =
      'Nothing that happened On this line - of many, many lines - was written by anybody at all.\n'.repeat(
        20_000,
      )
    const started = process.cpuUsage()
    assert.equal(visibleText(log).quoted, '')
    assert.ok(process.cpuUsage(started).user < 1_500_000)
  })
})
