/**
 * Names the page in the browser's tab and history; follows what it reads; null leaves it to a part
 * of the page. Call while a component initialises.
 */
export function pageTitle(title: () => string | null): void {
  $effect(() => {
    const text = title()
    if (text === null) return
    document.title = text ? `${text} · Guichet` : 'Guichet'
  })
}
