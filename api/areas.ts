import { approvals } from './approvals/area.ts'
import { assets } from './assets/area.ts'
import { classification } from './classification/area.ts'
import { contacts } from './contacts/area.ts'
import { conversation } from './conversation/area.ts'
import { health } from './health/area.ts'
import { locations } from './locations/area.ts'
import { mailIn } from './mail-in/area.ts'
import { mailOut } from './mail-out/area.ts'
import { merging } from './merging/area.ts'
import { notifications } from './notifications/area.ts'
import { people } from './people/area.ts'
import { purchases } from './purchases/area.ts'
import { reports } from './reports/area.ts'
import { sla } from './sla/area.ts'
import { tasks } from './tasks/area.ts'
import { tickets } from './tickets/area.ts'
import type { ApiArea } from './http/area.ts'

/**
 * Everything under /api/v1 that asks for a right, in the order of the description. A new route is one
 * entry in its area; a new area is one line here.
 */
export const areas: readonly ApiArea[] = [
  tickets,
  conversation,
  mailIn,
  mailOut,
  tasks,
  approvals,
  purchases,
  assets,
  sla,
  merging,
  contacts,
  people,
  notifications,
  reports,
  classification,
  locations,
  health,
]
