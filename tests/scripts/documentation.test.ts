import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { describe, it } from 'node:test'

const below = (folder: string): string[] =>
  fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((f) => path.join(folder, f))
const root = fs.readdirSync('.', { withFileTypes: true })
const folders = new Set(root.filter((entry) => entry.isDirectory()).map(({ name }) => name))
const pages = [...root.map(({ name }) => name), ...below('docs')].filter((f) => f.endsWith('.md'))

/** What a page names and nobody finds. */
const lost = (page: string, find: (text: string) => string[]): string[] =>
  find(fs.readFileSync(page, 'utf8')).map((what) => `${page}: ${what}`)
const matches = (text: string, pattern: RegExp): RegExpExecArray[] => [...text.matchAll(pattern)]

describe('the documentation', () => {
  it('links to what is there', () => {
    const links = (page: string) => (text: string) =>
      matches(text, /\]\((?!https?:|mailto:|#)([^)#\s]+)/g)
        .map(([, link = '']) => link)
        .filter((link) => !fs.existsSync(path.join(path.dirname(page), link)))
    assert.deepEqual(
      pages.flatMap((page) => lost(page, links(page))),
      [],
    )
  })

  it('names files that are there', () => {
    const files = (text: string): string[] =>
      matches(text, /`([\w.-]+\/[\w./-]+\.(?:ts|mjs|svelte|prisma|sql|json))`/g)
        .map(([, file = '']) => file)
        .filter((file) => folders.has(file.split('/')[0] ?? '') && !fs.existsSync(file))
    assert.deepEqual(
      pages.flatMap((page) => lost(page, files)),
      [],
    )
  })

  it('walks through functions that stand where it says', () => {
    const page = 'docs/architecture.md'
    const steps = (text: string): string[] =>
      matches(text, /\]\(([^)#\s]+\.ts)\) `([A-Za-z]\w+)`/g).flatMap(([, link = '', name = '']) => {
        const file = path.join(path.dirname(page), link)
        return new RegExp(`\\b${name}\\b`).test(fs.readFileSync(file, 'utf8'))
          ? []
          : [`${name} in ${link}`]
      })
    assert.deepEqual(lost(page, steps), [])
  })

  it('counts the files of its walks', () => {
    const text = fs.readFileSync('docs/architecture.md', 'utf8')
    for (const [, walk = '', count] of matches(text, /^\| (mail|reply) +\| (\d+) +\|/gm)) {
      const told = text.split(`## The walk of a ${walk}`)[1]?.split('\n## ')[0] ?? ''
      const files = matches(told, /\]\(([^)#\s]+\.(?:ts|svelte|sql|prisma|json))\)/g)
      assert.equal(new Set(files.map(([, file]) => file)).size, Number(count), walk)
    }
  })
})
