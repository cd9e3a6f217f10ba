import type { z } from 'zod'
import type { ConnectionTest } from '../../../domain/contract.ts'
import type {
  Department,
  departmentChange,
  newDepartment,
} from '../../../domain/people/contract.ts'
import type { newSender, senderState, senderTest } from '../../../domain/mail-out/contract.ts'
import type { category, newCategory } from '../../../domain/classification/contract.ts'
import type { newTemplate, template } from '../../../domain/conversation/contract.ts'
import type {
  Mailbox,
  mailboxChange,
  mailboxTest,
  newMailbox,
} from '../../../domain/mail-in/contract.ts'
import { allPages, request } from './client.ts'

export type Category = z.infer<typeof category>
export type Template = z.infer<typeof template>
export type SenderState = z.infer<typeof senderState>
export type NewMailbox = z.input<typeof newMailbox>
export type NewSender = z.input<typeof newSender>

/** What an admin sets up. */
export const settings = {
  departments: (): Promise<Department[]> => allPages('/departments'),
  createDepartment: (body: z.input<typeof newDepartment>): Promise<Department> =>
    request('POST', '/departments', { body }),
  changeDepartment: (id: string, body: z.input<typeof departmentChange>): Promise<Department> =>
    request('PATCH', `/departments/${id}`, { body }),

  mailboxes: (): Promise<Mailbox[]> => allPages('/mailboxes'),
  createMailbox: (body: NewMailbox): Promise<Mailbox> => request('POST', '/mailboxes', { body }),
  changeMailbox: (id: string, body: z.input<typeof mailboxChange>): Promise<Mailbox> =>
    request('PATCH', `/mailboxes/${id}`, { body }),
  removeMailbox: (id: string): Promise<void> => request('DELETE', `/mailboxes/${id}`),
  /** Unsaved settings without an id; the stored ones, with changes, with one. */
  testMailbox: (id: string | null, body: z.input<typeof mailboxTest>): Promise<ConnectionTest> =>
    request('POST', id ? `/mailboxes/${id}/test` : '/mailboxes/test', { body }),

  sender: (departmentId: string): Promise<SenderState> =>
    request('GET', `/departments/${departmentId}/sender`),
  saveSender: (departmentId: string, body: NewSender): Promise<unknown> =>
    request('PUT', `/departments/${departmentId}/sender`, { body }),
  removeSender: (departmentId: string): Promise<void> =>
    request('DELETE', `/departments/${departmentId}/sender`),
  testSender: (departmentId: string, body: z.input<typeof senderTest>): Promise<ConnectionTest> =>
    request('POST', `/departments/${departmentId}/sender/test`, { body }),

  categories: (): Promise<Category[]> => allPages('/categories'),
  createCategory: (body: z.input<typeof newCategory>): Promise<Category> =>
    request('POST', '/categories', { body }),
  changeCategory: (id: string, body: Partial<z.input<typeof newCategory>>): Promise<Category> =>
    request('PATCH', `/categories/${id}`, { body }),
  removeCategory: (id: string): Promise<void> => request('DELETE', `/categories/${id}`),

  templates: (): Promise<Template[]> => allPages('/templates'),
  createTemplate: (body: z.input<typeof newTemplate>): Promise<Template> =>
    request('POST', '/templates', { body }),
  changeTemplate: (id: string, body: Partial<z.input<typeof newTemplate>>): Promise<Template> =>
    request('PATCH', `/templates/${id}`, { body }),
  removeTemplate: (id: string): Promise<void> => request('DELETE', `/templates/${id}`),
}
