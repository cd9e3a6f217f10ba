import tailwindcss from '@tailwindcss/vite'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import zlib from 'node:zlib'
import { defineConfig, type Plugin } from 'vite'

const here = fileURLToPath(new URL('.', import.meta.url))

/** Compresses what is text once, when it is built: the server sends these files as they are. */
const compressed = (): Plugin => ({
  name: 'guichet-compressed',
  apply: 'build',
  writeBundle({ dir = '' }, bundle) {
    for (const name of [...Object.keys(bundle), 'theme.js', 'favicon.svg'].filter((one) =>
      /\.(?:js|css|html|svg)$/.test(one),
    )) {
      const file = path.join(dir, name)
      if (!fs.existsSync(file)) continue
      const content = fs.readFileSync(file)
      fs.writeFileSync(`${file}.gz`, zlib.gzipSync(content, { level: 9 }))
      fs.writeFileSync(`${file}.br`, zlib.brotliCompressSync(content))
    }
  },
})

export default defineConfig({
  root: here,
  plugins: [svelte({ configFile: `${here}svelte.config.js` }), tailwindcss(), compressed()],
  // The policy of the page allows no inline script and no data: font: nothing is inlined.
  build: {
    outDir: `${here}dist`,
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  worker: { format: 'es' },
  server: {
    proxy: {
      '/api': { target: process.env.API_ADDRESS ?? 'http://127.0.0.1:3000', changeOrigin: false },
    },
  },
})
