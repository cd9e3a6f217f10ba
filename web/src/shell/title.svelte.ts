/** Names the page in the browser's tab and history; follows what it reads. Call while a component initialises. */
export function pageTitle(title: () => string): void {
  $effect(() => {
    const text = title()
    document.title = text ? `${text} · Guichet` : 'Guichet'
  })
}
