import type { EventType } from '../../domain/events.ts'
import { approvals } from './approvals/area.ts'
import { assets } from './assets/area.ts'
import { classification } from './classification/area.ts'
import { contacts } from './contacts/area.ts'
import { conversation } from './conversation/area.ts'
import { health } from './health/area.ts'
import { history } from './history/area.ts'
import type { PlainlyTold, Sentences } from './history/sentences.ts'
import { locations } from './locations/area.ts'
import { mailIn } from './mail-in/area.ts'
import { merging } from './merging/area.ts'
import { notifications } from './notifications/area.ts'
import { people } from './people/area.ts'
import { purchases } from './purchases/area.ts'
import { reports } from './reports/area.ts'
import { settings } from './settings/area.ts'
import { shell } from './shell/area.ts'
import { sla } from './sla/area.ts'
import { tasks } from './tasks/area.ts'
import { tickets } from './tickets/area.ts'
import { welcome } from './welcome/area.ts'

/** The one list of the areas of the web app. */
export const areas = [
  shell,
  tickets,
  conversation,
  history,
  mailIn,
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
  settings,
  health,
  welcome,
] as const

type Told<One> = One extends { events: infer Events } ? keyof Events : never
type Untold = Exclude<EventType, Told<(typeof areas)[number]> | PlainlyTold>

/**
 * The sentences of events that are not told plainly: a new type does not compile until its area has
 * one, or its words `event.<type>`.
 */
export const sentences: [Untold] extends [never]
  ? Sentences<Exclude<EventType, PlainlyTold>>
  : Untold = Object.assign({}, ...areas.map((area) => ('events' in area ? area.events : {})))
