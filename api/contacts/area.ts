import { area } from '../http/area.ts'
import { contactRoutes } from './contact-routes.ts'

/** The people who write in. */
export const contacts = area('Contacts', 'The people who write in.', [contactRoutes])
