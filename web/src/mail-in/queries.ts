import { list, pages } from '../api/query.ts'

export const mailboxesQuery = () => ({ ...list('/mailboxes'), refetchInterval: 15_000 })
export const quarantineQuery = (enabled = true) => ({ ...pages('/quarantine'), enabled })
