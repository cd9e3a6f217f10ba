import KeyRound from '@lucide/svelte/icons/key-round'
import UserRound from '@lucide/svelte/icons/user-round'
import UsersRound from '@lucide/svelte/icons/users-round'
import type { Area } from '../area.ts'

export const people = {
  routes: {
    '/sign-in': () => import('./SignInPage.svelte'),
    '/setup/:token': () => import('./SetUpPage.svelte'),
  },
  open: ['/sign-in', '/setup/'],
  settings: [
    {
      id: 'people',
      order: 20,
      icon: UsersRound,
      right: 'people.manage',
      page: () => import('./People.svelte'),
    },
    {
      id: 'tokens',
      order: 110,
      icon: KeyRound,
      right: 'token.create',
      page: () => import('./Tokens.svelte'),
    },
    {
      id: 'profile',
      order: 130,
      icon: UserRound,
      right: null,
      page: () => import('./Profile.svelte'),
    },
  ],
} satisfies Area
