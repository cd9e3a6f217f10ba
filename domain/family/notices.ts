import type { Notice, Noticing } from '../notices.ts'

export const familyNotices = (_change: Noticing): Notice[] => []
