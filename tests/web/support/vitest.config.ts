import { svelte } from '@sveltejs/vite-plugin-svelte'
import { svelteTesting } from '@testing-library/svelte/vite'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Tests of single components, with a DOM in place of a browser: `*.component.ts` below tests/web. */
export default defineConfig({
  root,
  plugins: [svelte({ configFile: `${root}web/svelte.config.js` }), svelteTesting()],
  // The packages may lie outside of this folder.
  server: { fs: { strict: false } },
  test: {
    include: ['tests/web/**/*.component.ts'],
    environment: 'happy-dom',
    environmentOptions: { happyDOM: { url: 'http://guichet.test/' } },
    setupFiles: [fileURLToPath(new URL('set-up.ts', import.meta.url))],
    maxWorkers: 2,
    // What components are made of is loaded once; set-up.ts puts back what a test leaves.
    isolate: false,
    // component.test.ts looks at them, and knows which say nothing of the tests.
    dangerouslyIgnoreUnhandledErrors: true,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
