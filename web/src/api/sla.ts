import type { z } from 'zod'
import type {
  CustomField,
  customFieldChange,
  impactChange,
  newCustomField,
  PrioritySettings,
} from '../../../domain/classification/contract.ts'
import type { fieldChange, knownTag, TicketField } from '../../../domain/tickets/contract.ts'
import type {
  Calendar,
  newCalendar,
  newServiceLevel,
  ServiceLevel,
  TicketSla,
  WaitingSettings,
} from '../../../domain/sla/contract.ts'
import { allPages, request } from './client.ts'

export type NewCalendar = z.input<typeof newCalendar>
export type NewServiceLevel = z.input<typeof newServiceLevel>
export type NewCustomField = z.input<typeof newCustomField>
export type FieldInput = z.input<typeof fieldChange>['value']

const ofTicket = (number: number, rest: string): string => `/tickets/${number}/${rest}`

/** Service levels, waiting, snooze, tags and custom fields. */
export const slaApi = {
  ofTicket: (number: number, signal?: AbortSignal): Promise<TicketSla> =>
    request('GET', ofTicket(number, 'sla'), signal ? { signal } : {}),
  snooze: (number: number, until: string | null): Promise<TicketSla> =>
    request('PUT', ofTicket(number, 'snooze'), { body: { until } }),
  endSnooze: (number: number): Promise<TicketSla> => request('DELETE', ofTicket(number, 'snooze')),
  stopReminders: (number: number): Promise<TicketSla> =>
    request('DELETE', ofTicket(number, 'reminders')),

  setImpact: (number: number, body: z.input<typeof impactChange>): Promise<TicketSla> =>
    request('PATCH', ofTicket(number, 'impact'), { body }),
  priorities: (): Promise<PrioritySettings> => request('GET', '/priority-matrix'),
  setPriorities: (body: PrioritySettings): Promise<PrioritySettings> =>
    request('PUT', '/priority-matrix', { body }),

  tags: (): Promise<z.infer<typeof knownTag>[]> => allPages('/tags'),
  setTags: (number: number, tags: readonly string[]): Promise<{ tags: string[] }> =>
    request('PUT', ofTicket(number, 'tags'), { body: { tags } }),

  fields: (): Promise<CustomField[]> => allPages('/custom-fields'),
  createField: (body: NewCustomField): Promise<CustomField> =>
    request('POST', '/custom-fields', { body }),
  changeField: (id: string, body: z.input<typeof customFieldChange>): Promise<CustomField> =>
    request('PATCH', `/custom-fields/${id}`, { body }),
  removeField: (id: string): Promise<void> => request('DELETE', `/custom-fields/${id}`),
  fieldsOf: (number: number, signal?: AbortSignal): Promise<TicketField[]> =>
    allPages(ofTicket(number, 'fields'), {}, signal),
  setField: (number: number, id: string, value: FieldInput): Promise<TicketField> =>
    request('PUT', ofTicket(number, `fields/${id}`), { body: { value } }),

  calendars: (): Promise<Calendar[]> => allPages('/calendars'),
  createCalendar: (body: NewCalendar): Promise<Calendar> => request('POST', '/calendars', { body }),
  changeCalendar: (id: string, body: NewCalendar): Promise<Calendar> =>
    request('PATCH', `/calendars/${id}`, { body }),
  removeCalendar: (id: string): Promise<void> => request('DELETE', `/calendars/${id}`),

  levels: (): Promise<ServiceLevel[]> => allPages('/service-levels'),
  createLevel: (body: NewServiceLevel): Promise<ServiceLevel> =>
    request('POST', '/service-levels', { body }),
  changeLevel: (id: string, body: NewServiceLevel): Promise<ServiceLevel> =>
    request('PATCH', `/service-levels/${id}`, { body }),
  removeLevel: (id: string): Promise<void> => request('DELETE', `/service-levels/${id}`),

  waiting: (department: string): Promise<WaitingSettings> =>
    request('GET', `/departments/${department}/waiting`),
  setWaiting: (department: string, body: WaitingSettings): Promise<WaitingSettings> =>
    request('PUT', `/departments/${department}/waiting`, { body }),
}
