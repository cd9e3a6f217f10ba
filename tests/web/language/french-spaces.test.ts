import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { withFrenchSpaces } from '../../../web/src/language/french-spaces.ts'

describe('French texts', () => {
  it('never break a line before the marks that French sets apart, or inside guillemets', () => {
    const { group } = withFrenchSpaces({
      group: {
        quoted: '« Poste »',
        asked: 'Pourquoi ?',
        list: 'Par : un ; deux',
        plain: 'Rien de tel',
      },
    })
    assert.deepEqual(group, {
      quoted: '«\u00a0Poste\u00a0»',
      asked: 'Pourquoi\u202f?',
      list: 'Par\u00a0: un\u202f; deux',
      plain: 'Rien de tel',
    })
  })
})
