import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { composeBody, plainToHtml, preview, signed } from '../../../domain/mail-out/body.ts'
import {
  fillHtmlTemplate,
  fillTemplate,
  type TemplateFacts,
} from '../../../domain/mail-out/placeholders.ts'
import { threadHeaders } from '../../../domain/mail-out/thread-headers.ts'

const facts: TemplateFacts = {
  'agent.name': 'Sam',
  'ticket.number': '7',
  'ticket.subject': 'VPN',
  'department.name': 'IT',
  'requester.name': '<Anna> $& {{agent.name}}',
}

describe('template variables', () => {
  it('are filled once: a value that looks like a variable, or like a pattern, stays what it is', () => {
    assert.equal(
      fillTemplate('{{agent.name}}: {{ requester.name }}', facts),
      'Sam: <Anna> $& {{agent.name}}',
    )
  })
  it('unknown ones stay visible; names of every object are no variables', () => {
    assert.equal(
      fillTemplate('{{agent.phone}} {{constructor}} {{a.constructor}} {{}}', facts),
      '{{agent.phone}} {{constructor}} {{a.constructor}} {{}}',
    )
  })
  it('are escaped in HTML', () => {
    assert.equal(
      fillHtmlTemplate('<b>{{requester.name}}</b>', facts),
      '<b>&lt;Anna&gt; $&amp; {{agent.name}}</b>',
    )
  })
})

describe('threading headers', () => {
  it('none for the first message', () => {
    assert.deepEqual(threadHeaders(null), { inReplyTo: null, references: [] })
  })
  it('the parent last, even where it referred to itself', () => {
    assert.deepEqual(threadHeaders({ internetId: 'b@x', references: ['a@x', 'b@x'] }), {
      inReplyTo: 'b@x',
      references: ['a@x', 'b@x'],
    })
  })
})

describe('the body', () => {
  it('puts the signature under its delimiter, in both alternatives', () => {
    const { text, html } = signed({ text: 'Done.\n', html: '<p>Done.</p>' }, 'Sam <IT>\n')
    assert.equal(text, 'Done.\n\n-- \nSam <IT>')
    assert.equal(html, '<p>Done.</p>\n<div class="signature">--&nbsp;<br>Sam &lt;IT&gt;</div>')
  })
  it('has no empty quote', () => {
    assert.equal(composeBody({ text: 'Done.', html: null }, null, null).text, 'Done.\n')
  })
  it('cuts a quote that is longer than anybody reads', () => {
    assert.ok(
      composeBody(
        { text: 'Done.', html: null },
        { attribution: 'A:', text: 'x'.repeat(100_000) },
        null,
      ).text.endsWith('> […]\n'),
    )
  })
  it('makes HTML of plain text without losing a line', () => {
    assert.equal(plainToHtml('a & b\nc\n\nd'), '<p>a &amp; b<br>\nc</p>\n<p>d</p>')
  })
  it('previews in one line', () => {
    assert.equal(preview(' a\n\n b '), 'a b')
  })
})
