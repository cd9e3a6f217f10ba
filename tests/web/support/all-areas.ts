import { afterAll } from 'vitest'
import { register } from '../../../web/src/area.ts'
import { areas, sentences } from '../../../web/src/areas.ts'
import { ticketPane } from '../../../web/src/tickets/ticket-pane.ts'

/** Makes all areas known, as the start of the app does. */
export const registerAreas = (): void => {
  register(areas, sentences)
}

// Loaded ahead: nothing may still be on its way when a file's tests have ended.
afterAll(async () => {
  await ticketPane
})
