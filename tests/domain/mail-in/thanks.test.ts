import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isMereThanks } from '../../../domain/mail-in/thanks.ts'

describe('a mere “thank you”', () => {
  for (const text of [
    'Thanks!',
    'Thank you very much.',
    'Many thanks, it works now!',
    'Thank you so much for your quick help!',
    'Great, thanks a lot',
    'Perfect. Thx',
    'Hi Sam,\n\nthank you!\n\nBest regards\nAnna',
    'Thanks 👍',
    'Guten Tag Herr Keller,\nvielen Dank.\nFreundliche Grüße\nAnna Weber',
    'Merci',
    'Merci beaucoup !',
    'Bonjour,\nmerci pour votre aide.\nCordialement',
    'Un grand merci, ça marche maintenant',
    'Je vous remercie.',
    'Vielen Dank!',
    'Danke schön',
    'Hallo Sam, besten Dank für die schnelle Hilfe. Viele Grüße, Anna',
    'Super, jetzt geht es wieder, danke',
    'Dankeschön',
    'Muchas gracias',
    '¡Gracias por su ayuda!',
    'Perfecto, mil gracias. Saludos',
    'Grazie mille!',
    'Perfetto, grazie per il tuo aiuto',
    'La ringrazio. Cordiali saluti',
    'Dank je wel',
    'Hartelijk dank voor de hulp',
    'Bedankt! Groeten',
    'Obrigado!',
    'Muito obrigada pela ajuda',
    'Perfeito, obrigado. Abraço',
  ])
    it(`is: ${JSON.stringify(text)}`, () => {
      assert.equal(isMereThanks(text, ['Anna Weber']), true)
    })

  for (const text of [
    '',
    'Anna',
    'Perfect',
    'Hello',
    'Thanks, but it still does not work.',
    'Thanks! Could you also look at the scanner?',
    'Thank you, when will it arrive',
    'Merci, mais l’imprimante est toujours en panne',
    'Vielen Dank, aber es geht nicht',
    'Danke, bitte noch den Drucker',
    'Gracias, pero sigue fallando',
    'Grazie, ma non funziona',
    'Bedankt, maar het werkt niet',
    'Obrigado, mas não funciona',
    'Thanks 42',
    'Hello Sam, the printer is broken, thanks',
    'No thanks',
    '¿Gracias?',
    'ça ne marche pas, merci',
    `Thanks ${'thanks '.repeat(60)}`,
  ])
    it(`is not: ${JSON.stringify(text.slice(0, 60))}`, () => {
      assert.equal(isMereThanks(text, ['Anna Weber']), false)
    })
})
