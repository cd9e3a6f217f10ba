import type { Area } from '../area.ts'

export const welcome = {
  routes: { '/welcome': () => import('./WelcomePage.svelte') },
} satisfies Area
