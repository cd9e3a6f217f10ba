// What faults are done to: a running Guichet with the servers that it needs, and the mail servers
// around it.
import type { Dovecot } from '../../tests/harness/dovecot.ts'
import type { SmtpPeer } from '../../tests/harness/smtp-peer.ts'
import type { TcpProxy } from './proxy.ts'

/** `embedded`: `npm start` on one machine · `separate`: servers, two workers and two APIs by themselves. */
export type SiteKind = 'embedded' | 'separate'

export const ADMIN = { email: 'admin@guichet.test', password: 'correct horse battery' }

/** A process that can die and stand still. */
export interface Part {
  /** Ends it at once. */
  kill: () => Promise<void>
  /** Sees to it that it runs again. */
  revive: () => Promise<void>
  /** It keeps its connections and says nothing, until it goes on. */
  freeze: () => void
  goOn: () => void
  pid: () => number | undefined
}

export interface Site {
  kind: SiteKind
  /** The APIs' addresses. */
  apis: readonly string[]
  /** Ports of the SMTP receivers, of each worker. */
  receivers: readonly number[]
  /** Past every proxy, for whoever looks. */
  databaseUrl: string
  temporalAddress: string
  namespace: string
  parts: Readonly<Record<string, Part>>
  /** What can be cut: `imap` and `smtp`; `postgres` and `temporal` where they are separate. */
  ways: Readonly<Record<string, TcpProxy>>
  dovecot: Dovecot
  peer: SmtpPeer
  temporalFolder: string
  /** A file system of this Guichet's own that may be filled; the reason where there is none. */
  disk: { folder: string } | { without: string }
  /** How far the clocks of its processes are put, in milliseconds. */
  setClock: (offset: number) => void
  /** The last lines of its processes. */
  lines: readonly string[]
  stop: () => Promise<void>
}
