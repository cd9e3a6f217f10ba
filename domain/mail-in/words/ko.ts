import { everyOf } from './every-of.ts'
import type { MailWords } from './mail-words.ts'

/** Korean. */
export const ko: MailWords = {
  labels: {
    from: ['보낸사람', '보낸 사람'],
    date: ['보낸날짜', '보낸 날짜', '날짜'],
    to: ['받는사람', '받는 사람'],
    cc: ['참조'],
    subject: ['제목'],
  },
  original: ['원본메시지', '원본 메시지'],
  forwarded: [...everyOf(['전달된', '전달된 '], ['메일', '메시지'])],
  beginsForwarded: ['전달된 메시지'],
  wrote: ['작성', '작성했습니다', '님이 씀'],
  program: ['나의', ...everyOf(['내 '], ['iphone', 'ipad', 'phone', 'pad'], ['에서'])],
  answer: ['답장'],
  forward: ['전달'],
  absence: ['자동회신', '자동 회신'],
}
