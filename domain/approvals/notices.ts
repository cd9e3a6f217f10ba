import type { Notice, Noticing } from '../notices.ts'

export const approvalNotices = (_change: Noticing): Notice[] => []
