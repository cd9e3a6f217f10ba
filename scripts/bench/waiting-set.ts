import fs from 'node:fs'
import path from 'node:path'
import { openDatabase, type OpenDatabase } from '../../platform/postgres/database.ts'
import { type Desk, openDesk } from './desk.ts'
import { type Servers, startGuichet, startServers, temporaryFolder } from './servers.ts'
import { sum } from './statistics.ts'

export interface RunningSet {
  servers: Servers
  desk: Desk
  db: OpenDatabase
}

/**
 * The whole set on data that outlives it: stopped cleanly and started again, as often as is needed.
 */
export class RestartableSet {
  readonly #dataDir = temporaryFolder()
  readonly #onFatal
  readonly #say
  #servers: Servers | null = null
  #db: OpenDatabase | null = null

  constructor(onFatal: (error: Error) => void, say: (line: string) => void) {
    this.#onFatal = onFatal
    this.#say = say
  }

  /** @param prepare done when both servers answer, before Guichet's processes start. */
  async start(
    prepare?: (servers: Servers, db: OpenDatabase) => Promise<void>,
  ): Promise<RunningSet> {
    const servers = await startServers(this.#onFatal, this.#dataDir)
    this.#servers = servers
    const db = openDatabase(servers.databaseUrl, { connections: 3 })
    this.#db = db
    await prepare?.(servers, db)
    return { servers, db, desk: await openDesk(await startGuichet(servers, this.#say)) }
  }

  /** As Ctrl-C stops it; its data stays. */
  async stop(): Promise<void> {
    const [db, servers] = [this.#db, this.#servers]
    this.#db = null
    this.#servers = null
    await db?.close()
    await servers?.stop(true)
  }

  async remove(): Promise<void> {
    await this.stop()
    fs.rmSync(this.#dataDir, { recursive: true, force: true })
  }

  /** Bytes of Temporal's database with its write-ahead log. */
  get temporalBytes(): number {
    return sum(
      fs
        .readdirSync(this.#dataDir)
        .filter((file) => file.startsWith('temporal.db'))
        .map((file) => fs.statSync(path.join(this.#dataDir, file)).size),
    )
  }
}
