import type { Notice, Noticing } from '../notices.ts'

export const taskNotices = (_change: Noticing): Notice[] => []
