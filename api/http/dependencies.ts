import type { Logger } from 'pino'
import type { OpenDatabase } from '../../platform/postgres/database.ts'
import type { BlobStore } from '../../platform/postgres/blobs.ts'
import type { ListenConnection } from '../../platform/postgres/listen-connection.ts'
import type { AutomaticSending } from '../../application/mail-out/senders.ts'
import type { HealthMonitor } from '../../application/health/monitor.ts'
import type { Workflows } from '../temporal/workflows.ts'

/**
 * What the API is built on. Nothing here is connected by `buildApp`, so that the description can be
 * made without any server.
 */
export interface Dependencies {
  db: OpenDatabase
  blobs: BlobStore
  workflows: Workflows
  /** What is known of everything that it stands on. */
  health: HealthMonitor
  /** What the database tells of. */
  listening: ListenConnection
  log: Logger
  settings: ApiSettings
}

/**
 * `secretKeys` seals stored passwords and signs reply addresses; `defaultFrom` is as whom a
 * department without a sender writes.
 */
export interface ApiSettings extends AutomaticSending {
  /** How people reach Guichet, without a trailing slash. */
  publicUrl: string
  /**
   * Where the Temporal UI shows a workflow: its address up to the workflow's id; null when it is
   * not known.
   */
  workflowPages: string | null
  /** The built web app; null: the API alone. */
  webFolder: string | null
}
