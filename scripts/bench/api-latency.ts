import http from 'node:http'
import pg from 'pg'
import type { Desk } from './desk.ts'
import type { Figure } from './figure.ts'
import { seedTickets } from './seeded-tickets.ts'
import type { Guichet, Servers } from './servers.ts'
import { latencies, type Latencies, seededRandom } from './statistics.ts'
import { timed } from './timed.ts'

const WARM = 100

/** Page of the list as the web app asks for it. */
const LIST = '/api/v1/tickets?limit=50'

/** Found in some twenty of 10,000 tickets, and in thousands of them. */
const [RARE, COMMON] = ['wanda kowalski', 'printer']

interface Kind {
  id: string
  name: string
  path: () => string
  /** Milliseconds at p99. */
  aim?: number
  /** The statement that fetches the same rows, where there is one. */
  database?: string
}

/**
 * The API's answers over a full desk, one request at a time and eight at once.
 * The limits: the same page's rows read straight from PostgreSQL, and the API's own empty answer.
 */
export async function measureApi(
  servers: Servers,
  guichet: Guichet,
  desk: Desk,
  { tickets, requests }: { tickets: number; requests: number },
  say: (line: string) => void,
): Promise<{ figures: Figure[]; remarks: string[] }> {
  const departmentId = await desk.openDepartment('Bench API')
  const me = await desk.api.get<{ id: string; name: string; email: string }>('/me')
  const numbers = await seedTickets(
    servers.databaseUrl,
    tickets,
    { id: departmentId, name: 'Bench API' },
    [{ id: me.id, name: me.name, email: me.email }],
  )
  say(`${tickets} tickets seeded`)
  const asked: Asked = { servers, guichet, token: desk.token, requests }
  const empty = {
    alone: await answered(asked, healthz, 1),
    busy: await answered(asked, healthz, 8),
  }
  const figures: Figure[] = []
  for (const kind of kindsOf(numbers)) figures.push(...(await measureKind(asked, kind, empty)))
  return {
    figures,
    remarks: [
      `API: ${tickets} tickets written straight into the projection's tables, with the states and events that the domain decides; ${requests} requests of each kind.`,
    ],
  }
}

/** What is asked for, of a desk with these tickets. */
function kindsOf(numbers: readonly number[]): Kind[] {
  const random = seededRandom(9)
  const one = (): number => numbers[Math.floor(random() * numbers.length)] ?? 0
  return [
    { id: 'list', name: 'List, all', path: () => LIST, aim: 25, database: page('') },
    {
      id: 'view',
      name: 'List, nobody’s open ones',
      path: () => `${LIST}&view=unassigned&status=open`,
      aim: 25,
      database: page(`WHERE t.owner_id IS NULL AND t.status = 'open'`),
    },
    {
      id: 'search',
      name: 'Search, a full name',
      path: () => `${LIST}&q=${encodeURIComponent(RARE)}`,
      database: page(searched(RARE)),
    },
    {
      id: 'search-common',
      name: 'Search, a frequent word',
      path: () => `${LIST}&q=${COMMON}`,
      database: page(searched(COMMON)),
    },
    { id: 'ticket', name: 'Ticket', path: () => `/api/v1/tickets/${one()}` },
    { id: 'messages', name: 'Ticket’s messages', path: () => `/api/v1/tickets/${one()}/messages` },
  ]
}

/** One kind's answers, one at a time and eight at once, beside empty ones. */
async function measureKind(
  asked: Asked,
  { id, name, path, aim, database }: Kind,
  empty: { alone: Latencies; busy: Latencies },
): Promise<Figure[]> {
  await answered({ ...asked, requests: WARM }, path, 1)
  const alone = await answered(asked, path, 1)
  const busy = await answered(asked, path, 8)
  const rows = database ? await databaseAlone(asked.servers, database, asked.requests) : null
  const limit = (at: 'p50' | 'p99') =>
    rows
      ? {
          name: 'its rows from PostgreSQL, plus an empty answer',
          value: rows[at] + empty.alone[at],
        }
      : { name: 'an empty answer', value: empty.alone[at] }
  const figure = (
    which: string,
    named: string,
    value: number,
    rest: Pick<Figure, 'limit' | 'aim'>,
  ): Figure => ({
    section: 'api',
    id: `${id}-${which}`,
    name: `${name}, ${named}`,
    value,
    unit: 'ms',
    ...rest,
  })
  return [
    figure('p50', 'p50', alone.p50, { limit: limit('p50') }),
    figure('p99', 'p99', alone.p99, {
      limit: limit('p99'),
      ...(aim ? { aim: { atMost: aim } } : {}),
    }),
    figure('8-p50', '8 at once, p50', busy.p50, {
      limit: { name: 'an empty answer, 8 at once', value: empty.busy.p50 },
    }),
    figure('8-p99', '8 at once, p99', busy.p99, {
      limit: { name: 'the same', value: empty.busy.p99 },
    }),
  ]
}

/** Whom to ask, as whom, and how many times. */
interface Asked {
  servers: Servers
  guichet: Guichet
  token: string
  requests: number
}

const healthz = (): string => '/healthz'

/**
 * @returns the latencies of these requests, `atOnce` under way at a time, each on a connection that
 *   is kept.
 */
async function answered(
  { guichet: { base }, token, requests }: Asked,
  path: () => string,
  atOnce: number,
): Promise<Latencies> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: atOnce })
  const taken = await timed(() => get(`${base}${path()}`, token, agent), requests, atOnce)
  agent.destroy()
  return taken
}

function get(url: string, token: string, agent: http.Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    http
      .get(url, { agent, headers: { authorization: `Bearer ${token}` } }, (answer) => {
        if (answer.statusCode !== 200) reject(new Error(`${url} answered ${answer.statusCode}`))
        answer.on('end', resolve).on('error', reject).resume()
      })
      .on('error', reject)
  })
}

/** Rows by one prepared statement on one connection. */
async function databaseAlone(
  { databaseUrl }: Servers,
  text: string,
  count: number,
): Promise<Latencies> {
  const db = new pg.Client({ connectionString: databaseUrl })
  await db.connect()
  const taken: number[] = []
  for (let i = 0; i < count + WARM; i++) {
    const begun = performance.now()
    await db.query({ name: 'bench-page', text })
    if (i >= WARM) taken.push(performance.now() - begun)
  }
  await db.end()
  return latencies(taken)
}

const searched = (words: string): string =>
  `WHERE t.search @@ to_tsquery('simple', '${words
    .split(' ')
    .map((word) => `${word}:*`)
    .join(' & ')}')`

/**
 * The fifty newest rows with their owner and department: what the list shows, and no count of all.
 */
const page = (where: string): string =>
  `SELECT t.number, t.subject, t.status, t.priority, t.requester_email, t.requester_name, t.preview,
          t.message_count, t.opened_at, t.updated_at, d.id, d.name, u.id, u.name, u.email
   FROM ticket t
   JOIN department d ON d.id = t.department_id
   LEFT JOIN app_user u ON u.id = t.owner_id
   ${where}
   ORDER BY t.updated_at DESC, t.number DESC
   LIMIT 50`
