// Runs before the first paint, as a file of its own: the content security policy allows no inline
// script. The same decision is made in src/design/theme.svelte.ts once the application runs.
try {
  const chosen = localStorage.getItem('guichet.theme')
  const dark =
    chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
  document.documentElement.lang = localStorage.getItem('guichet.language') || 'en'
} catch {
  document.documentElement.dataset.theme = 'light'
}
