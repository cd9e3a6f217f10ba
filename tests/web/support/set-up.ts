import { configure } from '@testing-library/svelte'
import { afterEach, beforeAll } from 'vitest'
import { cache } from '../../../web/src/api/cache.ts'
import { keptCommands } from '../../../web/src/api/kept.svelte.ts'
import { prepareLanguage } from '../../../web/src/language/language.svelte.ts'

// A busy machine shows things late.
configure({ asyncUtilTimeout: 30_000 })
beforeAll(prepareLanguage)
afterEach(() => {
  cache.clear()
  localStorage.clear()
  keptCommands.clear()
})
