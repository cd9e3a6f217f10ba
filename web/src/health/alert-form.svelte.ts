import type { AlertSettings, NewAlertSettings } from '../../../domain/health/contract.ts'
import type { Language } from '../../../languages/language.ts'

/** What stands in the form of the alerts, and what it says to the API. */
export class AlertForm {
  /** Addresses, as they are written: a line each, or with commas between. */
  written = $state('')
  language = $state<string>('')
  repeatAfter = $state('')
  url = $state('')
  secret = $state(randomSecret())
  /** Another secret is to replace the stored one. */
  newSecret = $state(false)
  readonly #stored: AlertSettings
  readonly #before: string

  /** @param spoken the language of whoever sets alerts up for the first time. */
  constructor(stored: AlertSettings, spoken: Language) {
    this.#stored = stored
    this.written = stored.addresses.join('\n')
    this.language = this.storedAny ? stored.language : spoken
    this.repeatAfter = String(stored.repeatAfter)
    this.url = stored.webhook?.url ?? ''
    this.#before = JSON.stringify(this.body)
  }

  /** Somebody is told already. */
  get storedAny(): boolean {
    return this.#stored.addresses.length > 0 || this.#stored.webhook !== null
  }

  get changed(): boolean {
    return JSON.stringify(this.body) !== this.#before
  }

  get addresses(): string[] {
    return this.written.split(/[\s,;]+/).filter(Boolean)
  }

  /** A stored secret is for the host it was entered for. */
  get needsSecret(): boolean {
    const { webhook } = this.#stored
    return this.url.trim() !== '' && (webhook === null || hostOf(webhook.url) !== hostOf(this.url))
  }

  get body(): NewAlertSettings {
    const url = this.url.trim()
    const secret = this.needsSecret || this.newSecret ? { secret: this.secret.trim() } : {}
    return {
      addresses: this.addresses,
      language: this.language as Language,
      repeatAfter: Number(this.repeatAfter),
      webhook: url === '' ? null : { url, ...secret },
    }
  }

  /** Hours to choose from, with the one that is stored. */
  static pauses(chosen: string): number[] {
    const usual = [2, 4, 12, 24, 72, 168]
    const own = Number(chosen)
    return usual.includes(own) ? usual : [...usual, own].sort((a, b) => a - b)
  }
}

const hostOf = (url: string): string => (URL.canParse(url.trim()) ? new URL(url.trim()).host : '')

/** 32 bytes, as https://www.standardwebhooks.com writes them. */
function randomSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32))
  return `whsec_${btoa(String.fromCharCode(...bytes))}`
}
