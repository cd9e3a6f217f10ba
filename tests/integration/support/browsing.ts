import assert from 'node:assert/strict'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { it } from 'node:test'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

const axeSource = fs.readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
)
const pictures = fs.mkdtempSync(path.join(os.tmpdir(), 'guichet-pictures-'))

/**
 * A step in the browser. Should it fail, a picture of what was there is kept and its path told.
 */
export function step(name: string, page: () => Page, act: (page: Page) => Promise<void>): void {
  void it(name, async () => {
    try {
      await act(page())
    } catch (error) {
      const file = path.join(pictures, `${name.replace(/\W+/g, '-').slice(0, 60)}.png`)
      await page()
        .screenshot({ path: file })
        .catch(() => undefined)
      throw new Error(
        `${error instanceof Error ? error.message : String(error)}\nat ${page().url()}, picture: ${file}`,
        { cause: error },
      )
    }
  })
}

/** Keeps a picture of a page that is as it should be. */
export const picture = (page: Page, name: string): Promise<unknown> =>
  page.screenshot({ path: path.join(pictures, `${name}.png`) })

/**
 * axe-core finds nothing against WCAG 2.2 AA and its own best practices. Frames hold mail, which is
 * as its writer made it.
 */
export async function assertAccessible(page: Page, where: string): Promise<void> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axeSource)
  // Colours that are on their way to others are no colours yet.
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every((a) => a.playState !== 'running' || a.effect?.getTiming().iterations === Infinity),
  )
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run: (options: object) => Promise<AxeResults> } }).axe.run({
      iframes: false,
      resultTypes: ['violations'],
    }),
  )
  const found = violations.map(
    (v) =>
      `${v.id}: ${v.help}\n    ${v.nodes
        .map((n) => n.html.slice(0, 200))
        .slice(0, 3)
        .join('\n    ')}`,
  )
  assert.deepEqual(found, [], `axe on ${where}`)
}

/** Nothing is wider than the window. */
export async function assertFits(page: Page, where: string): Promise<void> {
  const { inner, scroll } = await page.evaluate(() => ({
    inner: window.innerWidth,
    scroll: document.documentElement.scrollWidth,
  }))
  assert.ok(scroll <= inner, `${where} is ${scroll} px wide in a window of ${inner} px`)
}
