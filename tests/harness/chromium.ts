import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { chromium, type BrowserContext } from 'playwright-core'

/**
 * A browser with a fresh profile. `close` also removes the profile. Check `withoutChromium` of
 * needs.ts first.
 */
export async function openBrowser(
  options: {
    viewport?: { width: number; height: number }
    locale?: string
    colorScheme?: 'light' | 'dark'
  } = {},
): Promise<BrowserContext> {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'guichet-chromium-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env['TEST_CHROMIUM'] ?? '/usr/bin/chromium',
    headless: true,
    viewport: options.viewport ?? { width: 1280, height: 800 },
    locale: options.locale ?? 'en-GB',
    colorScheme: options.colorScheme ?? 'light',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  // The browser's last processes still write for a moment after it has said that it is closed.
  context.on(
    'close',
    () =>
      void fs.promises
        .rm(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
        .catch(() => undefined),
  )
  return context
}
