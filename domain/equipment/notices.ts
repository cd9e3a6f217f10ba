import type { Notice, Noticing } from '../notices.ts'

export const equipmentNotices = (_change: Noticing): Notice[] => []
