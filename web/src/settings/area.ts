import Mails from '@lucide/svelte/icons/mails'
import Settings from '@lucide/svelte/icons/settings-2'
import type { Area } from '../area.ts'
import { t } from '../language/language.svelte.ts'
import { navigate } from '../navigation/router.ts'

export const settings = {
  routes: {
    '/settings': () => import('./SettingsPage.svelte'),
    '/settings/:section': () => import('./SettingsPage.svelte'),
  },
  settings: [
    {
      id: 'email',
      order: 10,
      icon: Mails,
      right: 'settings.manage',
      page: () => import('./EmailSettings.svelte'),
    },
  ],
  commands: [
    {
      id: 'settings',
      order: 30,
      label: () => t('palette.goTo', { destination: t('settings.title') }),
      icon: Settings,
      right: null,
      shortcut: 'goSettings',
      run: () => navigate('/settings'),
    },
  ],
} satisfies Area
