import { isGrpcServiceError } from '@temporalio/client'

/** gRPC's codes for a server that is away: cancelled, deadline exceeded, unavailable. */
const AWAY = [1, 4, 14]

/**
 * Whether a server that is away is why something failed, and not what was asked of it: the client says
 * so at any depth.
 */
export function isServerAway(error: unknown): boolean {
  for (let e: unknown = error; e instanceof Error; e = e.cause)
    if (isGrpcServiceError(e) && AWAY.includes(e.code)) return true
  return false
}
