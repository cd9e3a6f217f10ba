import { z } from 'zod'
import { singleLine } from '../single-line.ts'
import { languages } from '../../languages/language.ts'
import { notificationKinds } from '../notifications.ts'
import { emailAddress, role } from '../vocabulary.ts'
import { cursorQuery, isoTime } from '../contract.ts'

/** In which language the page is shown: kept, when the person has not chosen one. */
const shownLanguage = z.enum(languages).optional()

export const credentials = z
  .object({
    email: emailAddress,
    password: z.string().min(1).max(1000),
    language: shownLanguage,
  })
  .meta({ id: 'Credentials' })

/** NIST SP 800-63B: length counts, composition rules do not. */
export const newPassword = z.string().min(10, 'Use at least 10 characters.').max(1000)

export const preferences = z
  .object({
    language: z.enum(languages).optional(),
    theme: z.enum(['system', 'light', 'dark']).optional(),
    signature: z.string().max(2000).optional(),
    /**
     * What one wants to be told, and how: by mail and in the app, in the app alone, or not at all.
     * Left out: as Guichet proposes.
     */
    notifications: z
      .partialRecord(z.enum(notificationKinds), z.enum(['mail', 'app', 'none']))
      .optional(),
  })
  .meta({ id: 'Preferences' })
export type Preferences = z.infer<typeof preferences>

export const user = z
  .object({
    id: z.uuid(),
    email: z.string(),
    name: z.string(),
    role,
    active: z.boolean(),
    departmentIds: z.array(z.uuid()),
  })
  .meta({ id: 'User' })
export type User = z.infer<typeof user>

export const me = user.extend({ preferences, rights: z.array(z.string()) }).meta({ id: 'Me' })
export type Me = z.infer<typeof me>

/**
 * A colleague in a list, as owner pickers need them. Admins also see who is active and in which
 * departments.
 */
export const colleague = user
  .partial({ active: true, departmentIds: true })
  .meta({ id: 'Colleague' })
export type Colleague = z.infer<typeof colleague>

export const userQuery = cursorQuery.extend({
  /** Only who may own a ticket of this department. */
  department: z.uuid().optional(),
  role: role.optional(),
})

export const newUser = z
  .object({
    email: emailAddress,
    name: singleLine(200).min(1),
    role,
    departmentIds: z.array(z.uuid()).default([]),
    /** Without a password the answer holds a set-up link to hand over. */
    password: newPassword.optional(),
  })
  .meta({ id: 'NewUser' })
export const userChange = z
  .object({
    email: emailAddress,
    name: singleLine(200).min(1),
    role,
    departmentIds: z.array(z.uuid()),
    active: z.boolean(),
  })
  .partial()
  .meta({ id: 'UserChange' })
export const createdUser = user
  .extend({ setupUrl: z.string().nullable() })
  .meta({ id: 'CreatedUser' })

/** GET /setup/:token says what the link is for; POST /setup/:token uses it once. */
export const setupOffer = z
  .object({
    purpose: z.enum(['first-admin', 'invitation', 'password-reset']),
    email: z.string().nullable(),
  })
  .meta({ id: 'SetupOffer' })
/** What a set-up link is for. */
export type SetupPurpose = z.infer<typeof setupOffer>['purpose']
export const setupAnswer = z
  .object({
    email: emailAddress.optional(),
    name: singleLine(200).min(1).optional(),
    password: newPassword,
    language: shownLanguage,
  })
  .meta({ id: 'SetupAnswer' })

/** POST /me/password */
export const passwordChange = z
  .object({ current: z.string().min(1).max(1000), password: newPassword })
  .meta({ id: 'PasswordChange' })
/** POST /users/:id/setup-link: a link to hand over to somebody who forgot the password. */
export const setupLink = z.object({ setupUrl: z.string() }).meta({ id: 'SetupLink' })

export const newToken = z.object({ name: singleLine(100).min(1) }).meta({ id: 'NewToken' })
export const apiToken = z
  .object({ id: z.uuid(), name: z.string(), createdAt: isoTime, lastUsedAt: isoTime.nullable() })
  .meta({ id: 'ApiToken' })
/** The token itself is shown once. */
export const createdToken = apiToken.extend({ token: z.string() }).meta({ id: 'CreatedToken' })

export const department = z
  .object({
    id: z.uuid(),
    name: z.string(),
    signature: z.string(),
    acknowledge: z.boolean(),
    /** Official address replies leave from; null: DoNotReply, one-way. */
    senderFrom: z.string().nullable(),
    mailboxAddresses: z.array(z.string()),
  })
  .meta({ id: 'Department' })

export type Department = z.infer<typeof department>

export const newDepartment = z
  .object({
    name: singleLine(100).min(1),
    signature: z.string().max(4000).default(''),
    acknowledge: z.boolean().default(true),
  })
  .meta({ id: 'NewDepartment' })

export const departmentChange = z
  .object({
    name: singleLine(100).min(1),
    signature: z.string().max(4000),
    acknowledge: z.boolean(),
  })
  .partial()
  .meta({ id: 'DepartmentChange' })
