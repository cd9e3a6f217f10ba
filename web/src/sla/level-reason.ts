import type { TicketSla } from '../../../domain/sla/contract.ts'
import { listed } from '../language/amounts.ts'
import { t } from '../language/language.svelte.ts'

/** Why a ticket goes by its service level: what the level is for, as the ticket is. */
export function levelReason({ name, scope }: NonNullable<TicketSla['level']>): string {
  const parts = [
    ...(scope.domain ? [t('sla.scope.domain', { name: scope.domain })] : []),
    ...(scope.category ? [t('sla.scope.category', { name: scope.category })] : []),
    ...(scope.department ? [t('sla.scope.department', { name: scope.department })] : []),
    ...(scope.priority ? [t('sla.scope.priority', { name: t(`priority.${scope.priority}`) })] : []),
  ]
  return parts.length === 0
    ? t('sla.why.levelForAll', { name })
    : t('sla.why.levelFor', { name, scope: listed(parts) })
}
