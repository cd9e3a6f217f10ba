import { queryOptions } from '@tanstack/svelte-query'
import type { z } from 'zod'
import type { readiness } from '../../../domain/health/contract.ts'
import { pages, query } from '../api/query.ts'

/** The page follows what is found. Milliseconds. */
const EVERY = 5_000
/** A question that has no answer by then is asked again. Milliseconds. */
const WITHIN = 10_000

export const healthQuery = () =>
  queryOptions({ ...query('/health'), refetchInterval: EVERY, retry: false })

/** Who is told when something is wrong. */
export const alertSettingsQuery = () => query('/health/alerts')

/** Commands of which an admin has to decide. */
export const unwrittenQuery = () => pages('/unwritten-commands')

/**
 * What stops all work, also while nobody can be recognised because the database does not answer: asks
 * for no session, and is answered with 503 then, which is an answer.
 */
export const readinessQuery = () =>
  queryOptions({
    queryKey: ['readiness'],
    queryFn: async (): Promise<z.infer<typeof readiness>> => {
      const answer = await fetch('/api/v1/readyz', { signal: AbortSignal.timeout(WITHIN) })
      return answer.json() as Promise<z.infer<typeof readiness>>
    },
    refetchInterval: EVERY,
    retry: false,
  })
