import { afterEach, beforeAll } from 'vitest'
import { cache } from '../../../web/src/api/cache.ts'
import { prepareLanguage } from '../../../web/src/language/language.svelte.ts'

beforeAll(prepareLanguage)
afterEach(() => {
  cache.clear()
  localStorage.clear()
})
