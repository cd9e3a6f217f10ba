/** As whom, and how, a mail server is spoken to. */
interface MailAccount {
  host: string | null
  port: number | null
  user?: string | null | undefined
  allowInvalidCertificate: boolean
}

/** Where only the mail server of a machine listens: below 1024 nobody else may. */
const MAIL_PORTS = [25, 143, 465, 587, 993]

/**
 * Whether a stored password would be given to somebody else than the one it was entered for: another
 * server or program, another account, or whoever stands between once certificates are not looked at.
 */
export const isLessSafe = (stored: MailAccount, entered: MailAccount): boolean =>
  stored.host !== entered.host ||
  (stored.port !== entered.port && !MAIL_PORTS.includes(entered.port ?? 0)) ||
  (stored.user ?? '') !== (entered.user ?? '') ||
  (entered.allowInvalidCertificate && !stored.allowInvalidCertificate)
