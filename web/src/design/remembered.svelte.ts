/**
 * A value that outlives the page in this browser. What cannot be stored (private window, full disk)
 * still works until reload. Strings are kept bare, so that public/theme.js can read them before
 * anything is loaded.
 */
export function remembered<T extends string | boolean>(key: string, initial: T): { value: T } {
  let value = $state<T>(read(key, initial))
  return {
    get value() {
      return value
    },
    set value(next: T) {
      value = next
      try {
        localStorage.setItem(key, String(next))
      } catch {
        /* the choice lasts as long as the page */
      }
    },
  }
}

function read<T extends string | boolean>(key: string, initial: T): T {
  try {
    const stored = localStorage.getItem(key)
    if (stored === null) return initial
    return (typeof initial === 'boolean' ? stored === 'true' : stored) as T
  } catch {
    return initial
  }
}
