import { remembered } from './remembered.svelte.ts'

export type ThemeChoice = 'system' | 'light' | 'dark'

const choice = remembered<ThemeChoice>('guichet.theme', 'system')
const systemDark = matchMedia('(prefers-color-scheme: dark)')
let systemIsDark = $state(systemDark.matches)
systemDark.addEventListener('change', (change) => {
  systemIsDark = change.matches
})

/** What was chosen, and what it comes to on this screen. */
export const theme = {
  get choice(): ThemeChoice {
    return choice.value
  },
  get isDark(): boolean {
    return choice.value === 'dark' || (choice.value === 'system' && systemIsDark)
  },
  choose(next: ThemeChoice): void {
    choice.value = next
  },
}

/** Keeps the document's attribute with the choice. Called once, by the application's root. */
export function followTheme(): void {
  $effect(() => {
    document.documentElement.dataset.theme = theme.isDark ? 'dark' : 'light'
  })
}
