import type { Department } from '../../../domain/people/contract.ts'
import type { ServiceLevel } from '../../../domain/sla/contract.ts'
import type { Schema } from '../api/client.ts'
import { categoryChoices } from '../components/choices.ts'
import { t } from '../language/language.svelte.ts'

/** For whom a service level is, in a few words. */
export function levelScope(
  level: ServiceLevel,
  departments: readonly Department[],
  categories: readonly Schema<'Category'>[],
): string {
  const parts = [
    ...(level.domain ? [level.domain] : []),
    ...(level.categoryId
      ? [categoryChoices(categories).find((one) => one.value === level.categoryId)?.label ?? '']
      : []),
    ...(level.departmentId
      ? [departments.find((one) => one.id === level.departmentId)?.name ?? '']
      : []),
    ...(level.priority ? [t('priority.of', { name: t(`priority.${level.priority}`) })] : []),
  ].filter(Boolean)
  return parts.length > 0 ? parts.join(', ') : t('sla.level.everybody')
}
