/** An answer of the API, its body read. */
export interface Answer<T> {
  status: number
  headers: Headers
  body: T
}

/** The API answered with an error that the test did not ask for. */
export class ApiError extends Error {
  constructor(
    readonly method: string,
    readonly path: string,
    readonly status: number,
    readonly problem: unknown,
  ) {
    super(`${method} ${path} answered ${status}: ${JSON.stringify(problem)}`)
  }
}

/** A tiny client of `/api/v1`: JSON in and out, and a cookie jar of one origin. */
export class ApiClient {
  #cookies = new Map<string, string>()
  token: string | undefined

  /** @param base the server's origin, without `/api/v1`. */
  constructor(readonly base: string) {}

  /** Signs in and keeps the session cookie. */
  async signIn(email: string, password: string): Promise<void> {
    await this.post('/session', { email, password })
  }

  get = <T = unknown>(path: string): Promise<T> => this.#expectSuccess<T>('GET', path)
  post = <T = unknown>(path: string, body?: unknown): Promise<T> =>
    this.#expectSuccess<T>('POST', path, body)
  put = <T = unknown>(path: string, body?: unknown): Promise<T> =>
    this.#expectSuccess<T>('PUT', path, body)
  patch = <T = unknown>(path: string, body?: unknown): Promise<T> =>
    this.#expectSuccess<T>('PATCH', path, body)
  delete = <T = unknown>(path: string): Promise<T> => this.#expectSuccess<T>('DELETE', path)

  /** Uploads one file as the web app does. */
  async upload<T = unknown>(
    path: string,
    file: { filename: string; contentType: string; bytes: Uint8Array<ArrayBuffer> },
  ): Promise<T> {
    const form = new FormData()
    form.append('file', new Blob([file.bytes], { type: file.contentType }), file.filename)
    return this.#expectSuccess<T>('POST', path, form)
  }

  /**
   * Any request, any answer: for what is meant to fail. Paths from `/` are below `/api/v1` unless
   * they name another of the server's.
   */
  async request<T = unknown>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    const response = await this.fetch(method, path, body)
    const text = await response.text()
    const json = /json/.test(response.headers.get('content-type') ?? '')
    return {
      status: response.status,
      headers: response.headers,
      body: (json && text ? JSON.parse(text) : text) as T,
    }
  }

  /** The raw response: for streams and downloads. */
  async fetch(
    method: string,
    path: string,
    body?: unknown,
    init: RequestInit = {},
  ): Promise<Response> {
    const url = /^\/(api|healthz|readyz|metrics)/.test(path)
      ? `${this.base}${path}`
      : `${this.base}/api/v1${path}`
    const form = body instanceof FormData
    const response = await fetch(url, {
      ...init,
      method,
      redirect: 'manual',
      headers: {
        ...(body === undefined || form ? {} : { 'content-type': 'application/json' }),
        ...(this.#cookies.size
          ? { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') }
          : {}),
        ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
        origin: this.base,
        ...(init.headers as Record<string, string> | undefined),
      },
      ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      if (value) this.#cookies.set(name, value)
      else this.#cookies.delete(name)
    }
    return response
  }

  async #expectSuccess<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.request<T>(method, path, body)
    if (answer.status >= 400) throw new ApiError(method, path, answer.status, answer.body)
    return answer.body
  }
}
