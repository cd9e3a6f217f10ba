import { freePort as freePortOn } from '../../scripts/launch/ports.mjs'

/**
 * @returns a port on the loopback interface that nothing listens on, and that this process was not
 *   given before.
 */
export const freePort = (): Promise<number> => freePortOn('127.0.0.1')
