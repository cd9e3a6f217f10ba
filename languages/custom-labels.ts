import type { MailKey } from './keys.ts'
import type { Language } from './language.ts'
import { languages } from './language.ts'
import { say } from './mail-words.ts'

/** What admins call something, by language; empty where they give no name. */
type Names = Partial<Record<Language, string>>

/** What admins call statuses and resolutions, by their keys. */
export interface CustomLabels {
  statuses: Readonly<Record<string, Names>>
  resolutions: Readonly<Record<string, Names>>
}

export const NO_CUSTOM_LABELS: CustomLabels = { statuses: {}, resolutions: {} }

type KeyOf<Prefix extends string> =
  Extract<MailKey, `${Prefix}.${string}`> extends `${Prefix}.${infer Key}` ? Key : never

const statuses = [
  'new',
  'open',
  'waiting',
  'solved',
  'closed',
] as const satisfies readonly KeyOf<'notification.status'>[]
const resolutions = [
  'done',
  'answered',
  'workaround',
  'declined',
  'duplicate',
  'not-reproducible',
] as const satisfies readonly KeyOf<'notification.resolution'>[]

/** A status as admins call it in this language, else by our own word. */
export function statusIn(language: Language, key: string, { statuses: own }: CustomLabels): string {
  const ours = statuses.find((one) => one === key)
  return own[key]?.[language] || (ours ? say(language, `notification.status.${ours}`) : key)
}

/** The same of a resolution; one of the admins' own without a name in this language has another’s. */
export function resolutionIn(
  language: Language,
  key: string,
  { resolutions: own }: CustomLabels,
): string {
  const names = own[key]
  if (names?.[language]) return names[language]
  const ours = resolutions.find((one) => one === key)
  if (ours) return say(language, `notification.resolution.${ours}`)
  return languages.map((one) => names?.[one]).find((name) => name) ?? key
}
