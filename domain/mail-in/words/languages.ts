import { cs } from './cs.ts'
import { da } from './da.ts'
import { de } from './de.ts'
import { el } from './el.ts'
import { en } from './en.ts'
import { es } from './es.ts'
import { et } from './et.ts'
import { fi } from './fi.ts'
import { fr } from './fr.ts'
import { hr } from './hr.ts'
import { hu } from './hu.ts'
import { id } from './id.ts'
import { it } from './it.ts'
import { ja } from './ja.ts'
import { ko } from './ko.ts'
import { lv } from './lv.ts'
import { nb } from './nb.ts'
import { nl } from './nl.ts'
import { pl } from './pl.ts'
import { pt } from './pt.ts'
import { ro } from './ro.ts'
import { ru } from './ru.ts'
import { sk } from './sk.ts'
import { sv } from './sv.ts'
import { tr } from './tr.ts'
import { uk } from './uk.ts'
import { zh } from './zh.ts'
import type { MailWords } from './mail-words.ts'

/** Every language in which mail is understood, by its code. More than Guichet speaks itself. */
export const mailLanguages: Readonly<Record<string, MailWords>> = {
  en,
  fr,
  de,
  es,
  it,
  nl,
  pt,
  pl,
  sv,
  da,
  nb,
  fi,
  et,
  lv,
  cs,
  sk,
  hr,
  hu,
  ro,
  tr,
  el,
  ru,
  uk,
  id,
  zh,
  ja,
  ko,
}

/** @returns the words that are picked of each language, each once. */
export const wordsOfAll = (
  pick: (words: MailWords) => readonly string[] | undefined,
): readonly string[] => [
  ...new Set(Object.values(mailLanguages).flatMap((words) => pick(words) ?? [])),
]
