import { z } from 'zod'
import { singleLine } from '../single-line.ts'
import { customNames } from './custom-names.ts'
import { priority, resolution } from '../vocabulary.ts'
import { priorityMatrix, weight } from './priority-matrix.ts'
import { fieldKind } from './custom-fields.ts'

/**
 * What admins call the statuses. What a status means stays; an empty name is the web app's own
 * word.
 */
export const statusNames = z
  .object({
    new: customNames,
    open: customNames,
    waiting: customNames,
    solved: customNames,
    closed: customNames,
  })
  .meta({ id: 'StatusNames' })
export type StatusNames = z.infer<typeof statusNames>

/**
 * Why a ticket was solved, as agents choose it. A built-in one without a name has the web app's own
 * word.
 */
export const resolutionEntry = z
  .object({
    key: resolution,
    names: customNames,
    active: z.boolean(),
    builtIn: z.boolean(),
    position: z.number().int(),
  })
  .meta({ id: 'ResolutionEntry' })
export type ResolutionEntry = z.infer<typeof resolutionEntry>

/** Its key is made of its name, and never changes. */
export const newResolution = z
  .object({ names: customNames, active: z.boolean().default(true) })
  .meta({ id: 'NewResolution' })
/** Switched off it cannot be chosen any more; tickets that have it keep it. */
export const resolutionChange = z
  .object({ names: customNames, active: z.boolean() })
  .partial()
  .meta({ id: 'ResolutionChange' })
/** PUT /resolutions/order: every key once, in the order in which they are offered. */
export const resolutionOrder = z
  .object({ keys: z.array(resolution).max(200) })
  .meta({ id: 'ResolutionOrder' })
export const resolutionParams = z.object({ key: resolution })

/**
 * What choosing a category sets, where the change does not say otherwise; what is null comes from
 * the category around it.
 */
const categoryDefaults = {
  defaultDepartmentId: z.uuid().nullable(),
  defaultOwnerId: z.uuid().nullable(),
  defaultPriority: priority.nullable(),
}

export const category = z
  .object({
    id: z.uuid(),
    name: z.string(),
    parentId: z.uuid().nullable(),
    departmentId: z.uuid().nullable(),
    ...categoryDefaults,
  })
  .meta({ id: 'Category' })

export const newCategory = z
  .object({
    name: singleLine(100).min(1),
    parentId: z.uuid().nullish(),
    departmentId: z.uuid().nullish(),
    defaultDepartmentId: z.uuid().nullish(),
    defaultOwnerId: z.uuid().nullish(),
    defaultPriority: priority.nullish(),
  })
  .meta({ id: 'NewCategory' })

export const categoryChange = newCategory.partial().meta({ id: 'CategoryChange' })

/** Null: priorities are set by hand. */
export const prioritySettings = z
  .object({ matrix: priorityMatrix.nullable() })
  .meta({ id: 'PrioritySettings' })

export type PrioritySettings = z.infer<typeof prioritySettings>

/** What is left out stays. */
export const impactChange = z
  .object({ impact: weight.nullable(), urgency: weight.nullable() })
  .partial()
  .meta({ id: 'ImpactChange' })

const fieldName = singleLine(100).min(1)

const choices = z.array(singleLine(200).min(1)).max(100)

export const newCustomField = z
  .object({
    name: fieldName,
    kind: fieldKind,
    choices: choices.default([]),
    required: z.boolean().default(false),
    /** Null: on tickets of every department, of every category. */
    departmentId: z.uuid().nullable().default(null),
    categoryId: z.uuid().nullable().default(null),
    position: z.number().int().min(0).max(10_000).default(0),
  })
  .meta({ id: 'NewCustomField' })

/** The kind stays: values that tickets already hold must keep their meaning. */
export const customFieldChange = z
  .object({
    name: fieldName,
    choices,
    required: z.boolean(),
    departmentId: z.uuid().nullable(),
    categoryId: z.uuid().nullable(),
    position: z.number().int().min(0).max(10_000),
  })
  .partial()
  .meta({ id: 'CustomFieldChange' })

export const customField = z
  .object({
    id: z.uuid(),
    name: z.string(),
    kind: fieldKind,
    choices: z.array(z.string()),
    required: z.boolean(),
    departmentId: z.uuid().nullable(),
    categoryId: z.uuid().nullable(),
    position: z.number().int(),
  })
  .meta({ id: 'CustomField' })

export type CustomField = z.infer<typeof customField>
