import { configure } from '@testing-library/svelte'
import { afterEach, beforeAll } from 'vitest'
import { cache } from '../../../web/src/api/cache.ts'
import { keptCommands } from '../../../web/src/api/kept.svelte.ts'
import { prepareLanguage, useLanguage } from '../../../web/src/language/language.svelte.ts'

// A busy machine shows things late.
configure({ asyncUtilTimeout: 30_000 })
beforeAll(async () => {
  await prepareLanguage()
  // Modules are shared: the file before may have left another.
  await useLanguage('en')
})
afterEach(() => {
  cache.clear()
  localStorage.clear()
  keptCommands.clear()
})
