import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { spokenLanguage } from '../../../domain/mail-out/language-detection.ts'

describe('the language that a mail is written in', () => {
  it('is told by its small words', () => {
    assert.equal(
      spokenLanguage(
        'Hello, the printer on our floor is not working. Could you please have a look?',
      ),
      'en',
    )
    assert.equal(
      spokenLanguage(
        'Bonjour, l’imprimante du deuxième étage ne fonctionne pas depuis ce matin. Merci de votre aide.',
      ),
      'fr',
    )
    assert.equal(
      spokenLanguage(
        'Guten Tag, der Drucker im zweiten Stock geht nicht. Können Sie bitte nachsehen?',
      ),
      'de',
    )
    assert.equal(spokenLanguage('Drucker ist kaputt, bitte um Hilfe'), 'de')
  })

  it('is left open for a short text, and for languages that Guichet does not speak', () => {
    for (const text of [
      '',
      'VPN',
      'Printer 4711',
      'La stampante non funziona da questa mattina, grazie per un vostro aiuto.',
      'プリンターが動きません。',
    ])
      assert.equal(spokenLanguage(text), null, text)
  })

  it('is the writer’s, not that of names and terms within', () => {
    assert.equal(
      spokenLanguage(
        'Bonjour, je ne peux pas ouvrir « The Cloud is down » dans Outlook, avec ou sans VPN. Merci !',
      ),
      'fr',
    )
  })
})
