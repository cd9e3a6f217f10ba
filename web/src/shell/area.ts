import Keyboard from '@lucide/svelte/icons/keyboard'
import type { Area } from '../area.ts'
import { layout } from '../design/layout.svelte.ts'
import { t } from '../language/language.svelte.ts'
import Home from './Home.svelte'
import NotFound from './NotFound.svelte'

export const shell = {
  routes: { '/': Home, '*': NotFound },
  commands: [
    {
      id: 'help',
      order: 40,
      label: () => t('keyboard.help'),
      icon: Keyboard,
      right: null,
      shortcut: 'help',
      run: () => {
        layout.help = true
      },
    },
  ],
} satisfies Area
