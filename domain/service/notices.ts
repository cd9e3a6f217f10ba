import type { Notice, Noticing } from '../notices.ts'

export const serviceNotices = (_change: Noticing): Notice[] => []
