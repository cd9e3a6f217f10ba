import {
  type Report,
  type ReportName,
  report,
  reportName,
  type ReportQuery,
  reportQuery,
} from '../../domain/reports/contract.ts'
import { FALLBACK, languageOf } from '../../languages/language.ts'
import { may, visibleDepartments, visibleLocations } from '../../domain/permissions.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { signedIn } from '../access/authentication.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { unprocessable } from '../http/problem.ts'
import { approvalsReport } from './approvals.ts'
import { csvOf } from './csv.ts'
import type { Findings, Question } from './question.ts'
import { reportExample } from './report-examples.ts'
import { slaReport } from './sla.ts'
import { ticketsReport } from './tickets.ts'
import { timesReport } from './times.ts'
import { workedReport } from './worked.ts'
import { type Api, answers, bytes } from '../http/route-schema.ts'
import type { SignedInUser } from '../access/sessions.ts'

/**
 * Each report: what it is called and how it is asked. One that reads another area's tables is one
 * more row here.
 */
const reports: Record<
  ReportName,
  {
    summary: string
    description: string
    ask: (db: Database, question: Question) => Promise<Findings>
  }
> = {
  tickets: {
    summary: 'Opened, solved, backlog',
    description:
      'How many tickets were opened, solved and reopened, and how many were left at the end.',
    ask: ticketsReport,
  },
  times: {
    summary: 'Times to the first answer and to the solution',
    description:
      'Half of the tickets were quicker than p50, nine in ten quicker than p90. Minutes of the clock from the opening.',
    ask: timesReport,
  },
  sla: {
    summary: 'Service levels kept and missed',
    description:
      'Promises of a first answer and of a solution: one counts when it was met, or when it was due and is still open.',
    ask: slaReport,
  },
  approvals: {
    summary: 'Approvals, and how long they waited',
    description:
      'Half of the decided approvals waited less than p50, nine in ten less than p90. Minutes of the clock from the first asking.',
    ask: approvalsReport,
  },
  worked: {
    summary: 'Time worked',
    description:
      'Recorded minutes, and how many of them are billable, by the day of the work. An owner here is whoever did the work.',
    ask: workedReport,
  },
}

/** What happened in a time, in numbers: agents see their departments, admins all. */
export function reportRoutes(api: Api, { db }: Dependencies): void {
  for (const name of reportName.options) {
    const { summary, description } = reports[name]
    const Name = `${name.charAt(0).toUpperCase()}${name.slice(1)}`
    const asked = `${description} Days begin in the time zone \`zone\`; departments, categories and owners are those that the tickets have now.`
    api.get(
      `/reports/${name}`,
      {
        config: { right: 'ticket.read' },
        schema: {
          operationId: `report${Name}`,
          summary,
          description: asked,
          querystring: reportQuery,
          response: answers(200, report, reportExample(name)),
        },
      },
      (request) => ask(signedIn(request), name, request.query),
    )

    api.get(
      `/reports/${name}.csv`,
      {
        config: { right: 'ticket.read' },
        schema: {
          operationId: `export${Name}Report`,
          summary: `${summary}, as CSV`,
          description: `${asked} RFC 4180, UTF-8 with a byte order mark, headings in the caller’s language; names that a spreadsheet would take for a formula begin with an apostrophe.`,
          querystring: reportQuery,
          response: bytes(
            'text/csv',
            'The table, with a header.',
            csvOf(FALLBACK, reportExample(name)),
          ),
        },
      },
      async (request, reply) => {
        const user = signedIn(request)
        const table = await ask(user, name, request.query)
        return reply
          .type('text/csv; charset=utf-8; header=present')
          .header(
            'content-disposition',
            `attachment; filename="${name}-${table.from}-${table.to}.csv"`,
          )
          .send(csvOf(languageOf(user.preferences.language), table))
      },
    )
  }

  async function ask(user: SignedInUser, name: ReportName, query: ReportQuery): Promise<Report> {
    if (query.department !== undefined && !may(user, 'ticket.read', query.department)) {
      throw unprocessable(
        'department-not-found',
        'This department does not exist, or you do not see its tickets.',
        '/query/department',
      )
    }
    const { from, to, by, zone } = query
    return {
      name,
      from,
      to,
      by,
      zone,
      ...(await reports[name].ask(db, {
        ...query,
        departments: visibleDepartments(user),
        locations: visibleLocations(user),
      })),
    }
  }
}
