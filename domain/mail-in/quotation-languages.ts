/**
 * How mail clients of many languages introduce what they quote or forward. English, French, German,
 * Spanish, Italian, Dutch, Portuguese, Polish, Nordic, Czech, Hungarian, Romanian, Turkish, Greek,
 * Russian, Ukrainian, Chinese, Japanese, Korean.
 */

/**
 * Words before the colon in the header block that Outlook and others put above a quoted or
 * forwarded mail.
 */
export const headerLabels = {
  from: 'from|von|de|da|van|od|från|fra|lähettäjä|kimden|gönderen|от|от кого|від|feladó|expéditeur|mittente|remitente|remetente|avsändare|afzender|από|odesílatel|de la|expeditorul|šalje|pošiljatelj|saatja|отправитель|від кого|nadawca|送信元|发件人|寄件者|寄件人|差出人|送信者|보낸 ?사람|发件者|发信人',
  date: 'sent|date|gesendet(?: am)?|datum|envoyé(?: le)?|enviado(?: el| em)?|enviada(?: em)?|fecha|data|inviato|verzonden|wysłano|skickat|sendt|dato|lähetetty|päiväys|päivä|gönderildi|gönderme tarihi|tarih|отправлено|дата|надіслано|elküldve|dátum|odesláno|ημερομηνία|εστάλη|trimis|dată|kuupäev|发送时间|发送日期|日期|時間|寄件日期|送信日時|日付|日時|보낸 ?날짜|날짜|sent at',
  to: 'to|an|à|a|para|aan|do|till|til|vastaanottaja|kime|alıcı|кому|címzett|komu|destinataire|destinatario|προς|către|destinatarul|prima|pre|adresat|送信先|收件人|收件者|宛先|받는 ?사람',
  cc: 'cc|kopie|copie|cópia|copia|kopia|kopi|копия|másolatot kap|抄送|副本|참조|kópia|копія|bilgi',
  subject:
    'subject|betreff|objet|sujet|asunto|assunto|oggetto|onderwerp|temat|ämne|emne|aihe|konu|тема|tárgy|předmět|θέμα|subiect|subiectul|predmet|naslov|teema|主题|主旨|主題|件名|제목',
} as const

export type HeaderLabel = keyof typeof headerLabels

const label = (words: string): RegExp =>
  new RegExp(`^[*_>\\s]*(?:${words})[*_]*\\s?[*_]*[:：][*_]*\\s*(.*)$`, 'iu')
const labels: readonly (readonly [HeaderLabel, RegExp])[] = (
  Object.keys(headerLabels) as HeaderLabel[]
).map((name) => [name, label(headerLabels[name])])

/** @returns which field a line of such a block is, with its content; null when it is none. */
export function headerLine(line: string): { label: HeaderLabel; content: string } | null {
  if (line.length > 2000 || !/[:：]/.test(line)) return null
  for (const [name, pattern] of labels) {
    const match = pattern.exec(line)
    if (match) return { label: name, content: (match[1] ?? '').replace(/[*_\s]+$/, '').trim() }
  }
  return null
}

/** Words between the dashes above an answered mail: `-----Original Message-----`. */
const originalWords =
  "original message|ursprüngliche nachricht|originalnachricht|message d['’]origine|message original|courriel original|mensaje original|messaggio originale|oorspronkelijk bericht|mensagem original|(?:oryginalna )?wiadomość oryginalna|oryginalna wiadomość|ursprungligt meddelande|originalmeddelande|oprindelig (?:besked|meddelelse)|original meddelelse|opprinnelig melding|alkuperäinen viesti|původní zpráva|eredeti üzenet|özgün ileti|orijinal (?:mesaj|ileti)|исходное сообщение|оригинальное сообщение|первоначальное сообщение|原始邮件|原始郵件|邮件原件|元のメッセージ|original appointment|원본 ?메시지|reply message|antwort nachricht"
/** The same for a forwarded one, and Apple's sentence without dashes. */
const forwardedWords =
  'proslijeđena poruka|edelleenlähetetty viesti|preposlaná správa|message transmis|i̇letil(?:en|miş) (?:mesaj|i̇leti)|İletil(?:en|miş) (?:mesaj|ileti|İleti)|перенаправлен(?:ное сообщение|е повідомлення)|メッセージを転送|forwarded (?:message|e?-?mail|by .{1,80})|weitergeleitete nachricht|(?:message|courriel) (?:transféré|réexpédié)|mensaje reenviado|messaggio inoltrato|doorgestuurd bericht|mensagem (?:encaminhada|reencaminhada)|(?:treść )?przekazan(?:a|ej) wiadomoś(?:ć|ci)|wiadomość przekazana(?: dalej)?|vidarebefordrat (?:meddelande|mail)|videresendt (?:besked|meddelelse|melding)|välitetty viesti|přeposlaná zpráva|továbbított üzenet|iletilen (?:mesaj|ileti)|yönlendirilmiş (?:mesaj|ileti)|пересылаемое сообщение|пересланное сообщение|переслане повідомлення|转发(?:的)?(?:邮件|信息)(?:信息)?|轉寄(?:的)?郵件|轉寄訊息|転送(?:された)?メッセージ|転送メール|전달된 ?(?:메일|메시지)|mesaj redirecționat'
const appleWords =
  'započni proslijeđenu poruku|începe mesajul redirecționat|початок листа, що пересилається|begin forwarded message|début du (?:message|courriel) (?:transféré|réexpédié)|anfang der weitergeleiteten (?:nachricht|e-mail)|inicio del mensaje reenviado|inizio (?:del )?messaggio inoltrato|begin doorgestuurd bericht|início da mensagem (?:encaminhada|reencaminhada)|początek przekazywanej wiadomości|vidarebefordrat mail|start på videresendt (?:besked|melding)|videresendt (?:besked|melding)|välitetty viesti alkaa|začátek přeposílané zprávy|továbbított levél kezdete|iletilen mesajın başlangıcı|начало переадресованного (?:сообщения|письма)|下面是被转发的邮件|以下是轉寄的郵件|転送されたメッセージ|전달된 메시지'

export const originalSeparator = new RegExp(
  `^[>\\s*]*[-_=\\u2010-\\u2015]{2,}\\s*(?:${originalWords})\\s*[-_=\\u2010-\\u2015]{2,}[*\\s]*$`,
  'iu',
)
export const forwardSeparator = new RegExp(
  `^[>\\s*]*(?:[-_=\\u2010-\\u2015]{2,}\\s*(?:${forwardedWords})[^\\n@]{0,50}|(?:${appleWords})\\s*[:：])[*\\s]*$`,
  'iu',
)
/** Yahoo's plain text runs the header block into the line of its separator. */
export const forwardOpening = new RegExp(
  `^[>\\s*]*[-_=\\u2010-\\u2015]{2,}\\s*(?:${forwardedWords})\\s*[-_=\\u2010-\\u2015]{2,}\\s+(?=\\S)`,
  'iu',
)

/** Verbs of attribution: "On Monday Anna wrote:". */
const wrote =
  /(?:\bwrote|\bwrites|\ba écrit|écrivait|\bschrieb|\bhat geschrieben|\bescribió|\bha scritto|\bscrisse|\bschreef|\bheeft\b.{0,200}\bgeschreven|\bescreveu|\bnapisała?|\bnapisał\(a\)|\bpisze|\bskrev|\bkirjoitti|\bnapsala?|\bnapsal\(a\)|napísala?|(?:ezt|azt) írta|\ba scris|yazdı|έγραψε|пишет|написала?|написал\(а\)|писала?|пише|写道|寫道|書きました|のメール|작성(?:했습니다)?|님이 씀)/iu

/** A date or an address: without one a sentence that ends in "wrote:" is only a sentence. */
export const datedOrNamed =
  /\d{1,4}[./\-年 ]\s?(?:\d{1,2}|\p{L}{3,})|\d{1,2}[:.h]\d{2}|[^\s@<>]+@[^\s@<>]+/u

/**
 * Without a verb: Gmail in East Asian languages and Russian, Yandex, Mail.ru. `2024年5月1日(水) 10:00
 * 山田 <y@x>:`
 */
const bareAttribution =
  /^(?=.*(?:\d{4}|\d{1,2}[./]\d{1,2}[./]\d{2}))(?=.*\d{1,2}[:.h]\d{2}).{6,250}<[^<>\s]+@[^<>\s]+>\s*[:：]$/u

/**
 * Zoho and Android write it between dashes: `---- On Tue, 14 May 2024 10:58:00 +0200 Anna <a@x>
 * wrote ----`.
 */
export const attributionSeparator = new RegExp(
  `^\\s*[-_]{2,}\\s?.{2,200}?(?:${wrote.source})\\s*[-_]{2,}\\s*$`,
  'iu',
)

/** Without its colon, so with everything else: how it opens, the time, the address. */
const uncolonedAttribution = new RegExp(
  `^(?:on|am|le|el|il|op|em|den)\\s.{0,60}\\d{1,2}[:.h]\\d{2}.{0,120}<[^<>\\s]+@[^<>\\s]+>\\s*(?:${wrote.source})$`,
  'iu',
)

/** An answer on the same line, as a program makes it that drops the line ends of HTML. */
const answerBefore =
  /(?<=\S.*[\s-])On (?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)|\d{1,2} |[A-Z][a-z]{2} \d)/

/**
 * @returns whether a line (or a few joined) introduces a quotation: who wrote, when, and a colon at
 *   the end.
 */
export function isAttribution(line: string): boolean {
  const text = line.trim()
  if (text.length < 10 || text.length > 500 || answerBefore.test(text)) return false
  if (!/[:：]$/.test(text)) return uncolonedAttribution.test(text)
  return bareAttribution.test(text) || (wrote.test(text) && datedOrNamed.test(text))
}

/**
 * Words an attribution begins with when it is wrapped: "On", "Le", "Am", a weekday with a digit …
 */
export const beginsAttribution = (line: string): boolean =>
  /^\s*(?:on|le|am|el|il|op|em|den|på|dnia|w dniu|dne|ve|på)\b|\d/i.test(line) ||
  datedOrNamed.test(line)

/** Lines that certainly begin one: the word or the weekday before a date, or the date itself. */
export const opensAttribution = (line: string): boolean =>
  /^\s*(?:(?:on|le|am|el|il|op|em|den|på|dnia|w dniu|dne|in data)\s.{0,40}\d|\p{L}{2,10}[.,]{0,2} \d{1,2}[. ]|\d{1,4}[./\-年]\d{1,2})/iu.test(
    line,
  )

/**
 * @returns whether a line ends in a verb of attribution, or is a date and an address; to be
 *   believed only above a line with `>`.
 */
export const looksLikeAttribution = (line: string): boolean =>
  line.length < 300 &&
  !answerBefore.test(line) &&
  (/[:：]\s*$/.test(line)
    ? wrote.test(line) || /@/.test(line)
    : /^\s*\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b.*<[^<>\s]+@[^<>\s]+>\s*$/.test(line))

/** What phones and mail programs add below every mail. */
export const programSignature =
  /^[\s*_>(]*(?:(?:sent|written|composed) (?:from|with|via|using|on) (?:my |the |a |typeapp|newton|mail(?:box)?(?: for |\s*$)|outlook|yahoo|proton|spark|airmail|samsung|gmail|nine|bluemail|aqua|mobile|windows|iphone|ipad|android|huawei|xiaomi|blackberry|thunderbird|a mobile|an? )|get (?:outlook for|bluemail for|typeapp)|(?:von|aus) (?:meinem|outlook|mobil|meiner|unterwegs|yahoo).{0,60}gesendet|gesendet (?:von|mit|aus)|diese nachricht wurde von meinem|outlook (?:für|pour|para|per|voor|for) (?:ios|android|mac)|envoyé (?:de|depuis|à partir|avec|via)|télécharge[rz] (?:outlook|bluemail)|obtenir outlook|obtenez outlook|provenance : courrier|enviado (?:desde|do|a partir|com|con|via|de) |obtener outlook|obter o outlook|descargar outlook|inviato (?:da|dal|con|tramite) |scarica outlook|ottieni outlook|verstuurd vanaf|verzonden (?:vanaf|met|vanuit|via) |download outlook|outlook downloaden|wysłan[eoy] (?:z|ze|za pomocą) |pobierz (?:program )?outlook|skickat från|skaffa outlook|hämta outlook|sendt fra|få outlook|hent outlook|lähetetty (?:iphone|ipad|outlook|samsung|android)|hanki outlook|odesláno z|získat outlook|küldve |iphone['’]?umdan|i(?:phone|pad)['’]?(?:den|dan) gönderildi|отправлено (?:с|из|от) |скачать outlook|получите outlook|i(?:phone|pad)から送信|androidから送信|outlook for|发自我?的?|從我的|从我的|获取 ?outlook|나의 ?i?|내 i?(?:phone|pad)에서)/iu
