import { keepPreviousData } from '@tanstack/svelte-query'
import type { ReportName } from '../../../domain/reports/contract.ts'
import { query } from '../api/query.ts'
import type { paths } from '../api/schema.d.ts'

export type ReportQuestion = NonNullable<paths['/reports/tickets']['get']['parameters']['query']>

export const reportQuery = (name: ReportName, question: ReportQuestion) => ({
  ...query(`/reports/${name}`, { query: question }),
  placeholderData: keepPreviousData,
})
