import type { NoticeKind } from '../../domain/notices.ts'
import type { NoticeWords } from './notice-words.ts'
import { approvalWords } from './words-approvals.ts'
import { equipmentWords } from './words-equipment.ts'
import { serviceWords } from './words-service.ts'
import { taskWords } from './words-tasks.ts'
import { watchingWords } from './words-watching.ts'

/** The words of every kind of notice. A kind without words is shown in the app alone. */
export const noticeWords: Partial<NoticeWords<NoticeKind>> = {
  ...watchingWords,
  ...taskWords,
  ...approvalWords,
  ...serviceWords,
  ...equipmentWords,
}
