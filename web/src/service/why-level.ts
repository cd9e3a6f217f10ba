import type { TicketService } from '../../../domain/contract/service.ts'
import { listed } from '../language/amounts.ts'
import { t } from '../language/language.svelte.ts'

/** Why a ticket goes by its service level: what the level is for, as the ticket is. */
export function whyLevel({ name, scope }: NonNullable<TicketService['level']>): string {
  const parts = [
    ...(scope.domain ? [t('service.scope.domain', { name: scope.domain })] : []),
    ...(scope.category ? [t('service.scope.category', { name: scope.category })] : []),
    ...(scope.department ? [t('service.scope.department', { name: scope.department })] : []),
    ...(scope.priority
      ? [t('service.scope.priority', { name: t(`priority.${scope.priority}`) })]
      : []),
  ]
  return parts.length === 0
    ? t('service.why.levelForAll', { name })
    : t('service.why.levelFor', { name, scope: listed(parts) })
}
