/** The API refused something that the samples need. */
export class DemoApiError extends Error {
  code = 'demo-api'
}

/** A person's session at `/api/v1`. */
export class Session {
  #cookie = ''
  #base

  /** @param {string} base */
  constructor(base) {
    this.#base = base
  }

  /**
   * @param {string} base
   * @param {string} email
   * @param {string} password
   */
  static async signIn(base, email, password) {
    const session = new Session(base)
    await session.call('POST', '/session', { email, password })
    return session
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @returns {Promise<any>} the answer's JSON
   * @throws {DemoApiError}
   */
  async call(method, path, body) {
    const answer = await fetch(`${this.#base}/api/v1${path}`, {
      method,
      headers: {
        ...(this.#cookie ? { cookie: this.#cookie } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        origin: this.#base,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    for (const cookie of answer.headers.getSetCookie()) this.#cookie = cookie.split(';')[0] ?? ''
    const text = await answer.text()
    if (!answer.ok)
      throw new DemoApiError(`${method} ${path} answered ${answer.status}: ${text.slice(0, 400)}`)
    return text ? JSON.parse(text) : undefined
  }

  /**
   * Every item of a list, or the list itself where it has no pages.
   * @param {string} path
   * @returns {Promise<any[]>}
   */
  async all(path) {
    const items = []
    for (let cursor = ''; ;) {
      // Lists that are answered whole know no cursor, and refuse one.
      const next = cursor && `${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`
      const page = await this.call('GET', `${path}${next}`)
      if (Array.isArray(page)) return page
      items.push(...page.items)
      if (!page.next) return items
      cursor = page.next
    }
  }
}
