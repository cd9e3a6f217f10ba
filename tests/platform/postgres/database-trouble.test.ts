import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import Fastify from 'fastify'
import pg from 'pg'
import { answerError } from '../../../api/http/error-handler.ts'
import { databaseTrouble, troubleBySqlState } from '../../../platform/postgres/database-trouble.ts'
import { isDataError } from '../../../platform/postgres/data-error.ts'
import { serverOf } from '../../harness/needs.ts'

const unreachable = { status: 503, code: 'database-unreachable', retryAfter: 5 }
const notWritable = { status: 503, code: 'database-not-writable', retryAfter: 30 }
const outdated = { status: 503, code: 'database-outdated', retryAfter: 30 }
/** Asking again would end the same: the log says why. */
const fault = { status: 500, code: 'server-error', retryAfter: 0 }

/** What an SQLSTATE of PostgreSQL's appendix A is to whoever asked. */
const answers: readonly (readonly [state: string, name: string, answer: typeof unreachable])[] = [
  ['08006', 'connection failure', unreachable],
  ['08P01', 'protocol violation', unreachable],
  ['0A000', 'feature not supported', fault],
  ['21000', 'cardinality violation', fault],
  ['22001', 'text too long', fault],
  ['23503', 'foreign key violation', fault],
  ['23505', 'unique violation', fault],
  ['23514', 'check violation', fault],
  ['25001', 'active transaction', fault],
  ['25006', 'read only', notWritable],
  ['25P02', 'in failed transaction', fault],
  ['25P03', 'idle in transaction too long', unreachable],
  ['25P04', 'transaction too long', unreachable],
  ['26000', 'prepared statement gone', unreachable],
  ['28000', 'may not connect', unreachable],
  ['28P01', 'password refused', unreachable],
  ['3D000', 'no such database', outdated],
  ['3F000', 'no such schema', outdated],
  ['40001', 'serialization failure', unreachable],
  ['40P01', 'deadlock', unreachable],
  ['42501', 'no right to it', outdated],
  ['42601', 'syntax error', fault],
  ['42703', 'no such column', outdated],
  ['42704', 'no such type', outdated],
  ['42883', 'no such function', outdated],
  ['42P01', 'no such table', outdated],
  ['42P02', 'no such parameter', fault],
  ['53000', 'lacks resources', notWritable],
  ['53100', 'disk full', notWritable],
  ['53200', 'out of memory', notWritable],
  ['53300', 'too many connections', unreachable],
  ['53400', 'limit of the configuration', notWritable],
  ['54000', 'limit of the program exceeded', fault],
  ['55006', 'in use', unreachable],
  ['55P03', 'locked', unreachable],
  ['57014', 'cancelled', unreachable],
  ['57P01', 'shut down by an operator', unreachable],
  ['57P02', 'shut down by a crash', unreachable],
  ['57P03', 'starting', unreachable],
  ['57P05', 'idle session ended', unreachable],
  ['58030', 'input or output failed', notWritable],
  ['58P01', 'file gone', notWritable],
  ['P0001', 'raised by a function', fault],
  ['XX000', 'internal error', fault],
  ['XX001', 'data damaged', notWritable],
  ['XX002', 'index damaged', notWritable],
]

describe('an error of the database is answered', () => {
  const client = new pg.Client({ connectionString: serverOf('TEST_DATABASE_URL') })
  const app = Fastify({ logger: false }).setErrorHandler(answerError)
  app.get<{ Params: { state: string } }>('/:state', ({ params }) =>
    client.query(`DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '${params.state}'; END $$`),
  )
  before(() => client.connect())
  after(() => Promise.all([client.end(), app.close()]))

  for (const [state, name, answer] of answers)
    it(`${state}, ${name}: ${answer.status} ${answer.code}`, async () => {
      const { statusCode, headers, body } = await app.inject(`/${state}`)
      assert.deepEqual(
        {
          status: statusCode,
          code: (JSON.parse(body) as { code: string }).code,
          retryAfter: Number(headers['retry-after'] ?? 0),
        },
        answer,
      )
    })

  it('by each row of the table, and never as trouble what lies in the data', () => {
    const tried = answers.map(([state]) => state)
    for (const state of Object.keys(troubleBySqlState)) {
      assert.ok(
        tried.some((one) => one.startsWith(state)),
        state,
      )
      const error = new pg.DatabaseError('no', 1, 'error')
      error.code = state.padEnd(5, '0')
      assert.equal(isDataError(error), false, state)
    }
    for (const state of tried) {
      const error = new pg.DatabaseError('no', 1, 'error')
      error.code = state
      if (isDataError(error)) assert.equal(databaseTrouble(error), null, state)
    }
  })
})
