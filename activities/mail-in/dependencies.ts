import type { Client } from '@temporalio/client'
import type { Logger } from 'pino'
import type { BlobStore } from '../../platform/postgres/blobs.ts'
import type { ListenConnection } from '../../platform/postgres/listen-connection.ts'
import type { OpenDatabase } from '../../platform/postgres/database.ts'
import type { SecretKeys } from '../../platform/secrets/secret-keys.ts'

/** What taking mail in needs from the process around it. */
export interface MailInDependencies {
  db: OpenDatabase
  blobs: BlobStore
  client: Client
  /** 32 bytes: opens stored passwords and verifies signed reply addresses. */
  secretKeys: SecretKeys
  /**
   * `From` of the default relay: mail from it is our own. The environment's DEFAULT_FROM when left
   * out.
   */
  defaultFrom?: string
  /** Hears what is written (ANSWER_CHANNELS). */
  listening: ListenConnection
  log: Pick<Logger, 'info' | 'warn' | 'error'>
}
