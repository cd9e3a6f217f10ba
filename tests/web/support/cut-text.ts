import type { Page } from 'playwright-core'

/** Text that nobody can read. */
export interface CutText {
  /**
   * Longer than its box and not told in full elsewhere, or next to nothing of it shown; beside the
   * window without a way to scroll there; under another text; a place in a list of pages that is
   * marked as the current one and not in sight.
   */
  kind: 'cut' | 'outside' | 'overlapping' | 'current'
  text: string
  /** How to find it: tags and the first classes. */
  at: string
}

/**
 * Finds what a page shows only a part of, or out of its window, or under something else. A shortened
 * text is told in full by a `title`, or by what opens it: a link, or a button that unfolds it. What is
 * marked `data-spare` is shown as far as there is room.
 */
export async function cutText(page: Page): Promise<CutText[]> {
  // tsx calls this for every named function; the page does not have it.
  await page.evaluate('globalThis.__name ??= (named) => named')
  // What is on its way to its place is not there yet.
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every((a) => a.playState !== 'running' || a.effect?.getTiming().iterations === Infinity),
  )
  return page.evaluate(() => {
    /** Pixels of a shortened text that are enough to tell what it is. */
    const ENOUGH = 80
    const found: CutText[] = []
    const shown = (one: Element): boolean =>
      one.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    const ownText = (one: Element): string =>
      [...one.childNodes]
        .filter((node) => node.nodeType === Node.TEXT_NODE)
        .map((node) => node.textContent ?? '')
        .join('')
        .trim()
    const nameOf = (one: Element): string =>
      [one.parentElement, one]
        .filter((part): part is HTMLElement => part instanceof HTMLElement)
        .map((part) => [part.tagName.toLowerCase(), ...[...part.classList].slice(0, 4)].join('.'))
        .join(' > ')
    const add = (kind: CutText['kind'], one: Element, text: string): void => {
      found.push({ kind, text: text.slice(0, 60), at: nameOf(one) })
    }
    const isForReadersOnly = (one: Element): boolean => {
      for (let part: Element | null = one; part; part = part.parentElement)
        if (part.getBoundingClientRect().width <= 1.5) return true
      return false
    }

    /** What is seen of a box within all that cuts it; and whether something can be scrolled for the rest. */
    const seenOf = (one: Element, box: DOMRect): { seen: DOMRect; scrolls: boolean } => {
      let { left, right, top, bottom } = box
      let scrolls = false
      for (let part: Element | null = one; part; part = part.parentElement) {
        const { overflowX, overflowY, position } = getComputedStyle(part)
        if (overflowX !== 'visible' || overflowY !== 'visible') {
          const edge = part.getBoundingClientRect()
          const beyond = {
            x: right > edge.right + 1 || left < edge.left - 1,
            y: bottom > edge.bottom + 2 || top < edge.top - 2,
          }
          if (beyond.x && /auto|scroll/.test(overflowX)) scrolls = true
          if (beyond.y && /auto|scroll/.test(overflowY)) scrolls = true
          left = Math.max(left, edge.left)
          right = Math.min(right, edge.right)
          top = Math.max(top, edge.top)
          bottom = Math.min(bottom, edge.bottom)
        }
        if (position === 'fixed') break
      }
      const [width, height] = [Math.max(right - left, 0), Math.max(bottom - top, 0)]
      return { seen: new DOMRect(left, top, width, height), scrolls }
    }
    const isToldInFull = (one: Element): boolean =>
      one.closest('[title], a[href], [aria-expanded]:not([aria-haspopup])') !== null ||
      one.closest('li, tr, article')?.querySelector('a.absolute.inset-0') != null

    const dialogs = [...document.querySelectorAll('[role=dialog]')].filter(shown)
    const open = dialogs.at(-1) ?? document.body
    const boxes: { one: HTMLElement; box: DOMRect }[] = []
    for (const one of open.querySelectorAll<HTMLElement>('*')) {
      const text = ownText(one)
      if (
        text === '' ||
        !shown(one) ||
        one.closest('.sr-only, [aria-hidden=true], svg, select, [data-spare]')
      )
        continue
      const range = document.createRange()
      range.selectNodeContents(one)
      const box = range.getBoundingClientRect()
      if (box.width === 0 || box.height === 0 || isForReadersOnly(one)) continue
      const { seen, scrolls } = seenOf(one, box)
      const isCut = seen.width < box.width - 1 || seen.height < box.height - 3
      if (
        isCut &&
        !scrolls &&
        !(isToldInFull(one) && seen.width >= Math.min(ENOUGH, box.width - 1))
      )
        add('cut', one, text)
      if (box.right > window.innerWidth + 1 && !isCut && !scrolls) add('outside', one, text)
      for (const line of range.getClientRects()) {
        const { seen: part } = seenOf(one, line)
        if (part.width > 2 && part.height > 2) boxes.push({ one, box: part })
      }
    }

    const isOpaque = (one: Element): boolean =>
      !/^(transparent|rgba\(.*, 0(\.\d+)?\)|.*\/ 0(\.\d+)?\))$/.test(
        getComputedStyle(one).backgroundColor,
      )
    /** Does one of the two lie on something that covers the other, as a head does above a list? */
    const isCovered = (a: Element, b: Element): boolean => {
      for (const [one, other] of [
        [a, b],
        [b, a],
      ] as const)
        for (
          let part: Element | null = one;
          part && !part.contains(other);
          part = part.parentElement
        )
          if (isOpaque(part)) return true
      return false
    }
    boxes.sort((a, b) => a.box.top - b.box.top)
    const told = new Set<Element>()
    for (const [at, a] of boxes.entries())
      for (let next = at + 1; next < boxes.length; next++) {
        const b = boxes[next]!
        if (b.box.top > a.box.bottom - 4) break
        const width = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left)
        const height = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top)
        if (width < 3 || height < 5 || a.one.contains(b.one) || b.one.contains(a.one)) continue
        if (told.has(a.one) || isCovered(a.one, b.one)) continue
        told.add(a.one)
        add('overlapping', a.one, `${ownText(a.one)} / ${ownText(b.one)}`)
      }

    const pen = document.createElement('canvas').getContext('2d')!
    for (const field of open.querySelectorAll<HTMLInputElement>('input, textarea')) {
      if (!shown(field) || isForReadersOnly(field)) continue
      if (field.value !== '' || field.placeholder === '') continue
      const { font, paddingLeft, paddingRight } = getComputedStyle(field)
      pen.font = font
      const room = field.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight)
      if (field instanceof HTMLInputElement && pen.measureText(field.placeholder).width > room + 1)
        add('cut', field, field.placeholder)
    }
    for (const field of open.querySelectorAll<HTMLSelectElement>('select')) {
      const chosen = field.selectedOptions[0]?.text ?? ''
      if (!shown(field) || field.closest('[title]')) continue
      const { font, paddingLeft, paddingRight } = getComputedStyle(field)
      pen.font = font
      const room = field.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight)
      if (pen.measureText(chosen).width > room + 1) add('cut', field, chosen)
    }
    for (const current of open.querySelectorAll(
      '[aria-current=page], [role=tab][aria-selected=true]',
    )) {
      const box = current.getBoundingClientRect()
      if (!shown(current) || box.width === 0) continue
      if (seenOf(current, box).seen.width < box.width - 1)
        add('current', current, current.textContent?.trim() ?? '')
    }
    return found
  })
}
