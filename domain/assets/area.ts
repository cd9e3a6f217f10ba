import { area } from '../area.ts'
import { assetCommands } from './commands.ts'
import { assetEvents } from './events.ts'
import { assetFold } from './fold.ts'
import { assetNotifications } from './notifications.ts'
import { locationPremises } from './premises.ts'
import { noAssetState, type AssetState } from './state.ts'
import { assetTimers } from './timers.ts'

/** Assets, documents, the location and confirmations linked to a ticket. */
export const assets = area({
  events: assetEvents,
  fold: assetFold,
  state: noAssetState,
  commands: assetCommands,
  timers: assetTimers,
  notifications: assetNotifications,
  premises: locationPremises,
})

type AssetEvents = typeof assetEvents
type AssetCommands = typeof assetCommands

declare module '../ticket.ts' {
  interface Ticket extends AssetState {}
}
declare module '../events.ts' {
  interface EventSchemas extends AssetEvents {}
}
declare module '../commands.ts' {
  interface Commands extends AssetCommands {}
}
