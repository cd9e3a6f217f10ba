import { Client, Connection } from '@temporalio/client'

export const TASK_QUEUE = process.env['GUICHET_TASK_QUEUE'] ?? 'guichet'

/** How a Temporal cluster outside this machine wants to be spoken to. */
export interface TemporalSecurity {
  apiKey?: string | undefined
  tls?: boolean
}

/**
 * What both kinds of connection (client, worker) take.
 * @param address host:port.
 */
export const temporalAddress = (address: string, { apiKey, tls }: TemporalSecurity = {}) =>
  ({ address, ...(tls ? { tls: true } : {}), ...(apiKey ? { apiKey } : {}) }) as const

/** A page of a history may hold several events of some megabytes; gRPC would take 4 MB. Bytes. */
const MOST_RECEIVED = 32 * 1024 * 1024

/**
 * What a client's connection takes besides: after a server was away for long it is looked for again
 * within seconds, and not within two minutes.
 */
export const clientChannel = {
  channelArgs: {
    'grpc.max_reconnect_backoff_ms': 5_000,
    'grpc.max_receive_message_length': MOST_RECEIVED,
  },
} as const

/** @throws when no Temporal server answers at the address. */
export async function connectTemporal(
  address: string,
  namespace: string,
  security?: TemporalSecurity,
): Promise<{ client: Client; connection: Connection }> {
  const connection = await Connection.connect({
    ...temporalAddress(address, security),
    ...clientChannel,
  })
  return { client: new Client({ connection, namespace }), connection }
}

/** temporal.api.enums.v1.IndexedValueType */
const INDEXED_VALUE = { KEYWORD: 2, INT: 3 } as const

/**
 * Makes search attributes known to the namespace; those it has already are left as they are.
 * @param types each attribute's name and type.
 * @returns whether any was missing.
 */
export async function registerSearchAttributes(
  connection: Pick<Connection, 'operatorService'>,
  namespace: string,
  types: Readonly<Record<string, keyof typeof INDEXED_VALUE>>,
): Promise<boolean> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace })
  const missing = Object.entries(types).filter(([name]) => !(name in customAttributes))
  if (missing.length === 0) return false
  const searchAttributes = Object.fromEntries(
    missing.map(([name, type]) => [name, INDEXED_VALUE[type]]),
  )
  try {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes })
  } catch (error) {
    // Two workers start at once: the other one was quicker.
    if (!(error instanceof Error && /already exist/i.test(error.message))) throw error
  }
  return true
}
