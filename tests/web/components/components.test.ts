import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parse, type AST } from 'svelte/compiler'
import { sources } from '../sources.ts'

/** Attributes whose value is read or heard by people. */
const spoken = new Set([
  'title',
  'label',
  'aria-label',
  'aria-description',
  'aria-roledescription',
  'placeholder',
  'alt',
  'text',
  'hint',
])
/** What is the same in every language: names that stand as examples, and their parts. */
const sameEverywhere =
  /^(?:[^\p{L}]*|#?\d+|\S+@\S+|(?:imap|smtp)?\.?example\.com|https:\/\/\S*example\.com\S*|guichet|IT Support <it@example\.com>)$/u

type Node = AST.SvelteNode & { type: string; [key: string]: unknown }

function texts(node: unknown, found: string[]): void {
  if (Array.isArray(node)) for (const child of node) texts(child, found)
  if (node === null || typeof node !== 'object' || Array.isArray(node)) return
  const { type, ...rest } = node as Node
  if (type === 'Attribute') {
    const { name, value } = node as AST.Attribute
    if (spoken.has(name) && Array.isArray(value))
      for (const part of value)
        if (part.type === 'Text' && !sameEverywhere.test(part.data.trim()))
          found.push(`${name}="${part.data}"`)
    return
  }
  if (type === 'StyleDirective') return
  if (type === 'Text') {
    const { data } = node as AST.Text
    if (!sameEverywhere.test(data.trim().replace(/&\w+;/g, ''))) found.push(data.trim())
    return
  }
  for (const child of Object.values(rest)) texts(child, found)
}

describe('the components', () => {
  const components = sources().filter(({ file }) => file.endsWith('.svelte'))

  it('are many', () => assert.ok(components.length > 60))

  for (const { file, text } of components) {
    it(`${file} holds no text of its own`, () => {
      const found: string[] = []
      texts(parse(text, { modern: true }).fragment, found)
      assert.deepEqual(found, [])
    })
  }

  it('take every colour from the tokens', () => {
    for (const { file, text } of components)
      assert.doesNotMatch(
        text,
        /(?:bg|text|border|fill|stroke)-\[#|style="[^"]*#[0-9a-f]{3,8}|-(?:red|blue|gray|slate|green|amber)-\d/i,
        file,
      )
  })
})
