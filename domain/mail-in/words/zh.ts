import { everyOf } from './every-of.ts'
import type { MailWords } from './mail-words.ts'

/** Chinese. */
export const zh: MailWords = {
  labels: {
    from: ['发件人', '寄件者', '寄件人', '发件者', '发信人'],
    date: ['发送时间', '发送日期', '日期', '時間', '寄件日期'],
    to: ['收件人', '收件者'],
    cc: ['抄送', '副本'],
    subject: ['主题', '主旨', '主題'],
  },
  original: ['原始邮件', '原始郵件', '邮件原件'],
  forwarded: [
    ...everyOf(['转发', '转发的'], ['邮件', '信息', '邮件信息']),
    '轉寄郵件',
    '轉寄的郵件',
    '轉寄訊息',
  ],
  beginsForwarded: ['下面是被转发的邮件', '以下是轉寄的郵件'],
  wrote: ['写道', '寫道'],
  program: ['发自', '從我的', '从我的', '获取outlook', '获取 outlook'],
  answer: ['回复', '答复', '回覆', '回信'],
  forward: ['转发', '轉寄', '轉發'],
  absence: ['自动答复', '自动回复', '自動回覆'],
  bounce: { subject: ['退信'] },
}
