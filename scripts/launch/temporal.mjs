// The embedded Temporal server with its Web UI, kept in one SQLite file under DATA_DIR.
import fs from 'node:fs'
import http2 from 'node:http2'
import path from 'node:path'
import { runCommand } from './commands.mjs'

// Closed tickets stay readable in the Web UI for this long; the lasting audit is the event log in
// PostgreSQL.
const RETENTION = '720h'

/**
 * @param {{binary: string, dataDir: string, port: number, uiPort: number, namespace: string}} where
 * @returns {{command: string, args: string[], env: Record<string, string>}}
 */
export function serverCommand({ binary, dataDir, port, uiPort, namespace }) {
  return {
    command: binary,
    args: [
      'server',
      'start-dev',
      '--ip',
      '127.0.0.1',
      '--port',
      String(port),
      '--ui-port',
      String(uiPort),
      '--db-filename',
      path.join(dataDir, 'temporal.db'),
      // A write-ahead log, synced at checkpoints: several times the throughput; see FACTS on what a
      // power cut may cost and why mail survives it.
      '--sqlite-pragma',
      'journal_mode=WAL',
      '--sqlite-pragma',
      'synchronous=NORMAL',
      // Temporal looks for signals' workflow tasks at most so often a second; by itself 20 times, so
      // that a busy desk would wait up to 50 ms for each command.
      '--dynamic-config-value',
      'history.transferProcessorMaxPollRPS=1000',
      // Queues are parted for clusters of servers. On one, each part is only asked and polled as well,
      // all the time.
      '--dynamic-config-value',
      'matching.numTaskqueueReadPartitions=1',
      '--dynamic-config-value',
      'matching.numTaskqueueWritePartitions=1',
      // So many workflow tasks in a row that come to nothing, and the server lists the workflow as one
      // with problems: how `reconcile` finds tickets that cannot go on.
      '--dynamic-config-value',
      'system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute=3',
      '--log-level',
      'warn',
      '--ui-disable-news-fetch',
      ...(namespace === 'default' ? [] : ['--namespace', namespace]),
    ],
    // Go takes memory freely while it is there; beyond this it tidies up more often instead.
    env: { GOMEMLIMIT: process.env['GOMEMLIMIT'] ?? '256MiB' },
  }
}

/**
 * Keeps closed workflows readable for a month instead of a day. Done once per DATA_DIR.
 * @param {{binary: string, dataDir: string, port: number, namespace: string}} where
 */
export async function extendRetention({ binary, dataDir, port, namespace }) {
  const done = path.join(dataDir, 'launcher', `retention.${namespace}`)
  if (fs.existsSync(done) && fs.readFileSync(done, 'utf8') === RETENTION) return
  await runCommand(
    binary,
    [
      'operator',
      'namespace',
      'update',
      '--address',
      `127.0.0.1:${port}`,
      '--namespace',
      namespace,
      '--retention',
      RETENTION,
    ],
    { timeout: 20_000 },
  )
  fs.writeFileSync(done, RETENTION)
}

/**
 * Asks the server's gRPC health service, with Node's own HTTP/2 so that the launcher needs no
 * Temporal client.
 * @param {string} address host:port
 * @param {{tls?: boolean, apiKey?: string | undefined, timeout?: number}} [how]
 * @returns {Promise<boolean>}
 */
export function isServing(address, { tls = false, apiKey, timeout = 2_000 } = {}) {
  return new Promise((resolve) => {
    const session = http2.connect(`${tls ? 'https' : 'http'}://${address}`)
    const finish = (/** @type {boolean} */ serving) => {
      clearTimeout(timer)
      session.destroy()
      resolve(serving)
    }
    const timer = setTimeout(() => finish(false), timeout)
    session.on('error', () => finish(false))
    const request = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
      ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}),
    })
    /** @type {Buffer[]} */
    const chunks = []
    request.on('error', () => finish(false))
    request.on('data', (chunk) => chunks.push(chunk))
    // A frame is five bytes of header, then HealthCheckResponse: field 1 is the status, and 1 is
    // SERVING.
    request.on('end', () =>
      finish(
        Buffer.concat(chunks)
          .subarray(5)
          .equals(Buffer.from([0x08, 0x01])),
      ),
    )
    const service = Buffer.from('temporal.api.workflowservice.v1.WorkflowService')
    const message = Buffer.concat([Buffer.from([0x0a, service.length]), service])
    const header = Buffer.alloc(5)
    header.writeUInt32BE(message.length, 1)
    request.end(Buffer.concat([header, message]))
  })
}
