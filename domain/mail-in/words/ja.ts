import type { MailWords } from './mail-words.ts'

/** Japanese. */
export const ja: MailWords = {
  labels: {
    from: ['送信元', '差出人', '送信者'],
    date: ['送信日時', '日付', '日時'],
    to: ['送信先', '宛先'],
    subject: ['件名'],
  },
  original: ['元のメッセージ'],
  forwarded: ['メッセージを転送', '転送メッセージ', '転送されたメッセージ', '転送メール'],
  beginsForwarded: ['転送されたメッセージ'],
  wrote: ['書きました', 'のメール'],
  program: ['iphoneから送信', 'ipadから送信', 'androidから送信'],
  answer: ['返信'],
  forward: ['転送'],
  absence: ['自動応答', '自動返信'],
}
