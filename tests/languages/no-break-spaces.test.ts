import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { manifestOf, withNoBreakSpaces } from '../../scripts/languages.mjs'

describe('spaces at which a line must not break', () => {
  it('stand in French before the marks that it sets apart, and inside guillemets', () => {
    const { group } = withNoBreakSpaces(
      {
        group: {
          quoted: '« Poste »',
          asked: 'Pourquoi ?',
          list: 'Par : un ; deux',
          plain: 'Rien de tel',
        },
      },
      manifestOf('fr').noBreakSpaces,
    )
    assert.deepEqual(group, {
      quoted: '«\u00a0Poste\u00a0»',
      asked: 'Pourquoi\u202f?',
      list: 'Par\u00a0: un\u202f; deux',
      plain: 'Rien de tel',
    })
  })

  it('are not set in a language that says nothing of them', () =>
    assert.equal(withNoBreakSpaces('One : two ?', manifestOf('en').noBreakSpaces), 'One : two ?'))
})
