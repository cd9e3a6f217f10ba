import Bell from '@lucide/svelte/icons/bell'
import BookOpen from '@lucide/svelte/icons/book-open-text'
import CircleCheckBig from '@lucide/svelte/icons/circle-check-big'
import KeyRound from '@lucide/svelte/icons/key-round'
import MapPin from '@lucide/svelte/icons/map-pin'
import Mails from '@lucide/svelte/icons/mails'
import ListPlus from '@lucide/svelte/icons/list-plus'
import ListChecks from '@lucide/svelte/icons/list-checks'
import Shapes from '@lucide/svelte/icons/shapes'
import Tags from '@lucide/svelte/icons/tags'
import Timer from '@lucide/svelte/icons/timer'
import UserRound from '@lucide/svelte/icons/user-round'
import UsersRound from '@lucide/svelte/icons/users-round'
import type { Right } from '../../../domain/permissions.ts'
import type { Glyph } from '../components/glyph.ts'

export type SectionId =
  | 'email'
  | 'people'
  | 'categories'
  | 'classification'
  | 'locations'
  | 'templates'
  | 'tasks'
  | 'approvals'
  | 'sla'
  | 'fields'
  | 'tokens'
  | 'notifications'
  | 'profile'

/** The pages of the settings, in their order, each with the right that it needs. */
export const sections: readonly { id: SectionId; icon: Glyph; right: Right | null }[] = [
  { id: 'email', icon: Mails, right: 'settings.manage' },
  { id: 'people', icon: UsersRound, right: 'people.manage' },
  { id: 'categories', icon: Tags, right: 'settings.manage' },
  { id: 'classification', icon: Shapes, right: 'settings.manage' },
  { id: 'locations', icon: MapPin, right: 'settings.manage' },
  { id: 'templates', icon: BookOpen, right: 'settings.manage' },
  { id: 'tasks', icon: ListChecks, right: 'settings.manage' },
  { id: 'approvals', icon: CircleCheckBig, right: 'settings.manage' },
  { id: 'sla', icon: Timer, right: 'settings.manage' },
  { id: 'fields', icon: ListPlus, right: 'settings.manage' },
  { id: 'tokens', icon: KeyRound, right: 'token.create' },
  { id: 'notifications', icon: Bell, right: null },
  { id: 'profile', icon: UserRound, right: null },
]
