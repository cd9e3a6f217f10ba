import fs from 'node:fs'
import { fileURLToPath } from 'node:url'

const built = fileURLToPath(new URL('../../dist/workflow-bundle.js', import.meta.url))

/**
 * The workflows as `npm test` has built them and as a worker runs them: made once, which takes
 * seconds, and not for each worker.
 * @throws Error when there are none.
 */
export function workflowBundle(): { codePath: string } {
  if (!fs.existsSync(built))
    throw new Error('dist/workflow-bundle.js is missing. Run: npm run build')
  return { codePath: built }
}
