import type { NoticeKind } from '../../domain/notices.ts'
import type { NoticeWords } from './notice-words.ts'
import { approvalWords } from './words-approvals.ts'
import { serviceWords } from './words-service.ts'
import { watchingWords } from './words-watching.ts'

/** The words of every kind of notice. A kind without words is shown in the app alone. */
export const noticeWords: Partial<NoticeWords<NoticeKind>> = { ...watchingWords, ...approvalWords, ...serviceWords }
