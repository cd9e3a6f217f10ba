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
  const random = seededRandom(9)
  const one = (): number => numbers[Math.floor(random() * numbers.length)] ?? 0
  const kinds: Kind[] = [
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
  const empty = await answered(guichet, desk.token, () => '/healthz', requests, 1)
  const emptyBusy = await answered(guichet, desk.token, () => '/healthz', requests, 8)
  const section = 'api'
  const figures: Figure[] = []
  for (const { id, name, path, aim, database } of kinds) {
    await answered(guichet, desk.token, path, WARM, 1)
    const [alone, busy] = [
      await answered(guichet, desk.token, path, requests, 1),
      await answered(guichet, desk.token, path, requests, 8),
    ]
    const rows = database ? await databaseAlone(servers, database, requests) : null
    const limit = (at: 'p50' | 'p99') =>
      rows
        ? { name: 'its rows from PostgreSQL, plus an empty answer', value: rows[at] + empty[at] }
        : { name: 'an empty answer', value: empty[at] }
    figures.push(
      {
        section,
        id: `${id}-p50`,
        name: `${name}, p50`,
        value: alone.p50,
        unit: 'ms',
        limit: limit('p50'),
      },
      {
        section,
        id: `${id}-p99`,
        name: `${name}, p99`,
        value: alone.p99,
        unit: 'ms',
        limit: limit('p99'),
        ...(aim ? { aim: { atMost: aim } } : {}),
      },
      {
        section,
        id: `${id}-8-p50`,
        name: `${name}, 8 at once, p50`,
        value: busy.p50,
        unit: 'ms',
        limit: { name: 'an empty answer, 8 at once', value: emptyBusy.p50 },
      },
      {
        section,
        id: `${id}-8-p99`,
        name: `${name}, 8 at once, p99`,
        value: busy.p99,
        unit: 'ms',
        limit: { name: 'the same', value: emptyBusy.p99 },
      },
    )
  }
  return {
    figures,
    remarks: [
      `API: ${tickets} tickets written straight into the projection's tables, with the states and events that the domain decides; ${requests} requests of each kind.`,
    ],
  }
}

/**
 * @returns the latencies of `count` requests, `atOnce` under way at a time, each on a connection
 *   that is kept.
 */
async function answered(
  { base }: Guichet,
  token: string,
  path: () => string,
  count: number,
  atOnce: number,
): Promise<Latencies> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: atOnce })
  const taken = await timed(() => get(`${base}${path()}`, token, agent), count, atOnce)
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
  `SELECT t.number, t.subject, t.status, t.priority, t.requester_email, t.requester_name, t.preview, t.message_count, t.opened_at, t.updated_at, d.id, d.name, u.id, u.name, u.email
   FROM ticket t JOIN department d ON d.id = t.department_id LEFT JOIN app_user u ON u.id = t.owner_id ${where} ORDER BY t.updated_at DESC, t.number DESC LIMIT 50`
