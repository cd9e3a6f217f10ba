import { everyOf } from './every-of.ts'
import type { MailWords } from './mail-words.ts'

/** Turkish. */
export const tr: MailWords = {
  labels: {
    from: ['kimden', 'gönderen'],
    date: ['gönderildi', 'gönderme tarihi', 'tarih'],
    to: ['kime', 'alıcı'],
    cc: ['bilgi'],
    subject: ['konu'],
  },
  original: ['özgün ileti', 'orijinal mesaj', 'orijinal ileti'],
  forwarded: [
    ...everyOf(['i̇letilen ', 'i̇letilmiş '], ['mesaj', 'i̇leti']),
    ...everyOf(['İletilen ', 'İletilmiş '], ['mesaj', 'ileti', 'İleti']),
    ...everyOf(['iletilen ', 'yönlendirilmiş '], ['mesaj', 'ileti']),
  ],
  beginsForwarded: ['iletilen mesajın başlangıcı'],
  wrote: ['yazdı'],
  mayBegin: ['ve'],
  program: [
    ...everyOf(['iphone'], ['', "'", '’'], ['umdan']),
    ...everyOf(['iphone', 'ipad'], ['', "'", '’'], ['den', 'dan'], [' gönderildi']),
  ],
  answer: ['ynt'],
  forward: ['ilt', 'i̇lt', 'İlt'],
  absence: ['otomatik yanıt'],
}
