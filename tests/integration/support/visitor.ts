import type { Page } from 'playwright-core'

/** Goes from page to page of the app, by address or by link, and waits until each is whole. */
export class Visitor {
  constructor(
    readonly page: Page,
    readonly url: string,
  ) {}

  /** Opens an address as one that is typed: the app is loaded anew. */
  async open(path: string): Promise<void> {
    await this.page.goto(this.url + path)
    await this.settled()
  }

  /** Follows a link to another address: the app stays, its router shows the page. */
  async follow(path: string): Promise<void> {
    const before = this.page.url()
    // The page before has led here by itself.
    if (before === this.url + path) return
    await this.page.evaluate((href) => {
      const link = document.createElement('a')
      link.href = href
      document.body.append(link)
      link.click()
      link.remove()
    }, path)
    await this.page.waitForFunction((left) => location.href !== left, before)
    await this.settled()
  }

  /**
   * Nothing is being loaded any more. The stream of changes never ends, so the network is never
   * silent.
   */
  async settled(): Promise<void> {
    await this.page.locator('main, [role=dialog]').first().waitFor()
    // What is asked for from now on is shown as being loaded in the next frame.
    await this.page.evaluate(
      () => new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown))),
    )
    await this.page.waitForFunction(
      () => document.querySelector('.skeleton, main[aria-busy=true]') === null,
    )
  }
}
