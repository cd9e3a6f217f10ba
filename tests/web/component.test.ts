import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startVitest, type TestCase } from 'vitest/node'

const config = fileURLToPath(new URL('support/vitest.config.ts', import.meta.url))
const here = fileURLToPath(new URL('.', import.meta.url))

/** Components are compiled and shown by vitest; what it finds is a test of this run like any other. */
test('components of the web app', async (run) => {
  const vitest = await startVitest('test', [], { config, run: true, watch: false, reporters: [{}] })
  try {
    for (const module of vitest.state.getTestModules())
      await run.test(path.relative(here, module.moduleId), async (file) => {
        assert.deepEqual(module.errors(), [])
        for (const one of module.children.allTests()) await file.test(one.fullName, () => told(one))
      })
    assert.deepEqual(vitest.state.getUnhandledErrors().filter(isOfTests), [])
    assert.ok(vitest.state.getTestModules().length > 0)
  } finally {
    await vitest.close()
  }
})

/**
 * Two things happen on a busy machine and say nothing of the tests, whose results are there: Vitest's
 * processes call each other in vain, and a page that is loaded ahead arrives when a file's tests have
 * ended.
 */
const isOfTests = (error: unknown): boolean => {
  const { name = '', message = '' } = error as Partial<Error>
  return name !== 'EnvironmentTeardownError' && !/^\[vitest-\w+\]: Timeout calling/.test(message)
}

/** @throws what the test failed with. */
function told(one: TestCase): void {
  const { state, errors = [] } = one.result()
  const [first] = errors
  if (first) throw Object.assign(new Error(first.message), { stack: first.stack ?? first.message })
  assert.equal(state, 'passed')
}
