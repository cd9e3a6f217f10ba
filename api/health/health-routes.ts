import { healthReport } from '../../domain/health/contract.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { type Api, answers } from '../http/route-schema.ts'

/** What was looked at within this is not looked at again. Milliseconds. */
const FRESH = 2_000
/** What has not answered by then is shown as it was known before. Milliseconds. */
const WITHIN = 1_500

/** Everything that is looked at, for Settings → Health. */
export function healthRoutes(api: Api, { health }: Dependencies): void {
  api.get(
    '/health',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'getHealthReport',
        summary: 'What works, and what does not',
        description:
          'Each check with what is wrong, since when, and why. `stopped` means that nothing goes on, `attention` that somebody must look, `unknown` that what would tell does not answer.',
        response: answers(200, healthReport),
      },
    },
    () => health.report(FRESH, WITHIN),
  )
}
