import type { Me } from '../../../domain/people/contract.ts'
import type { Right } from '../../../domain/permissions.ts'
import { cache } from '../api/cache.ts'
import { del, get, onSignedOut, post } from '../api/client.ts'
import { keptCommands } from '../api/kept.svelte.ts'
import { ApiError } from '../api/problem.ts'
import { theme } from '../design/theme.svelte.ts'
import { language, useLanguage } from '../language/language.svelte.ts'
import { meQuery } from './queries.ts'

type State =
  | { kind: 'asking' }
  | { kind: 'signed-out' }
  | { kind: 'unreachable'; error: unknown }
  | { kind: 'signed-in'; me: Me }

let state = $state<State>({ kind: 'asking' })

/** Who uses this page. */
export const session = {
  get state(): State {
    return state
  },
  get me(): Me | null {
    return state.kind === 'signed-in' ? state.me : null
  },
  /** Rights are the API's decision; the page only leaves out what would be refused. */
  may: (right: Right): boolean => state.kind === 'signed-in' && state.me.rights.includes(right),

  async ask(): Promise<void> {
    try {
      await enter(await get('/me'))
    } catch (error) {
      state =
        error instanceof ApiError && error.status === 401
          ? { kind: 'signed-out' }
          : { kind: 'unreachable', error }
    }
  },
  async signIn(email: string, password: string): Promise<void> {
    await post('/session', { body: { email, password, language: language.current } })
    cache.clear()
    await enter(await get('/me'))
  },
  async signOut(): Promise<void> {
    await del('/session')
    leave()
  },
  /** After a change of name or preferences. */
  async refresh(): Promise<void> {
    await enter(await get('/me'))
  },
}

async function enter(me: Me): Promise<void> {
  cache.setQueryData(meQuery().queryKey, me)
  keptCommands.belongTo(me.id)
  if (me.preferences.theme) theme.choose(me.preferences.theme)
  if (me.preferences.language) await useLanguage(me.preferences.language)
  state = { kind: 'signed-in', me }
}

function leave(): void {
  cache.clear()
  keptCommands.belongTo('')
  state = { kind: 'signed-out' }
}

onSignedOut(leave)
