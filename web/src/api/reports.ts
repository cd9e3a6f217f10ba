import type { z } from 'zod'
import type { Report, ReportName, reportQuery } from '../../../domain/reports/contract.ts'
import { request } from './client.ts'

export type ReportQuestion = z.input<typeof reportQuery>

export const reports = {
  one: (name: ReportName, question: ReportQuestion, signal?: AbortSignal): Promise<Report> =>
    request('GET', `/reports/${name}`, { query: { ...question }, ...(signal ? { signal } : {}) }),
}

/** Where the same is as CSV. */
export const csvUrl = (name: ReportName, question: ReportQuestion): string =>
  `/api/v1/reports/${name}.csv?${new URLSearchParams(Object.entries(question).filter((pair): pair is [string, string] => Boolean(pair[1]))).toString()}`
