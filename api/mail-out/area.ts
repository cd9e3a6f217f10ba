import { area } from '../http/area.ts'
import { senderRoutes } from './sender-routes.ts'

/** As whom a department writes. */
export const mailOut = area('Mail out', 'As whom a department writes.', [senderRoutes])
