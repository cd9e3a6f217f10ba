// Makes modules of the folders in languages/, so that a language is a folder of files and no code:
// part of `npm run generate`.
import fs from 'node:fs'
import path from 'node:path'
import { projectRoot } from './environment.mjs'
import { hashOf, isFresh, replaceFolder, writeStamp } from './launch/stamps.mjs'

const root = path.join(projectRoot, 'languages')
const output = path.join(root, 'generated')
const HEAD =
  '// Made of the folders beside this one by scripts/languages.mjs: change those instead.\n'

/**
 * What language.json says of a language. `units`: how short a duration may be, `25m` or `25 min`
 * (Intl's unitDisplay); `days`: the same for days, of which German has no short form. `quotes`: its quotation marks. `noBreakSpaces`: spaces at
 * which a line must not break, by the characters before or after which they stand; the files are
 * written with plain ones.
 * @typedef {{name: string, locale: string, direction: 'ltr' | 'rtl',
 *   units: 'narrow' | 'short', days: 'narrow' | 'short' | 'long', quotes: [string, string],
 *   noBreakSpaces: {space: string, before?: string, after?: string}[]}} Manifest
 */

/** Written first, and spoken to everybody whose language has no folder. */
const FIRST = 'en'

/** @returns {string[]} the codes of all languages: English, then the others by their own names */
export const languageCodes = () =>
  fs
    .readdirSync(root)
    .filter((code) => fs.existsSync(path.join(root, code, 'language.json')))
    .sort(
      (a, b) =>
        Number(b === FIRST) - Number(a === FIRST) ||
        manifestOf(a).name.localeCompare(manifestOf(b).name, 'en'),
    )

/**
 * @param {string} code
 * @returns {Manifest}
 */
export const manifestOf = (code) => read(path.join(root, code, 'language.json'))

/**
 * @param {string} code
 * @param {...string} kinds folders of its files: `web`, `mail`, `server`
 * @returns {Record<string, unknown>} all groups of words of their files, in one tree
 */
export function wordsOf(code, ...kinds) {
  const { noBreakSpaces } = manifestOf(code)
  /** @type {Record<string, unknown>} */
  const words = {}
  for (const kind of kinds) {
    const folder = path.join(root, code, kind)
    for (const file of fs.readdirSync(folder).sort())
      add(words, withNoBreakSpaces(read(path.join(folder, file)), noBreakSpaces), `${code}/${kind}`)
  }
  return words
}

/**
 * A group may stand in several files, as `settings` does: each area has its own part of it.
 * @param {Record<string, unknown>} words
 * @param {Record<string, unknown>} more
 * @param {string} where for the message, when a word is there twice
 */
function add(words, more, where) {
  for (const [key, tree] of Object.entries(more)) {
    const known = words[key]
    if (isGroup(known) && isGroup(tree)) add(known, tree, `${where}: ${key}`)
    else if (known === undefined) words[key] = tree
    else throw new Error(`${where}: ${key} is in two files`)
  }
}

/**
 * @param {unknown} tree
 * @returns {tree is Record<string, unknown>}
 */
function isGroup(tree) {
  return typeof tree === 'object' && tree !== null
}

/**
 * @template T
 * @param {T} tree a text, or groups of texts
 * @param {Manifest['noBreakSpaces']} rules
 * @returns {T} the same with its spaces set
 */
export function withNoBreakSpaces(tree, rules) {
  if (typeof tree !== 'string')
    return /** @type {T} */ (
      Object.fromEntries(
        Object.entries(/** @type {object} */ (tree)).map(([key, value]) => [
          key,
          withNoBreakSpaces(value, rules),
        ]),
      )
    )
  return /** @type {T} */ (
    rules.reduce(
      (text, { space, before = '', after = '' }) =>
        [...text]
          .map((sign, at, all) =>
            sign === ' ' &&
            (before.includes(all[at + 1] ?? '\0') || after.includes(all[at - 1] ?? '\0'))
              ? space
              : sign,
          )
          .join(''),
      /** @type {string} */ (tree),
    )
  )
}

/** Writes languages/generated when a file of a language has changed. */
export function generateLanguages() {
  const stamp = path.join(output, '.stamp')
  const hash = hashOf(['languages', 'scripts/languages.mjs'])
  if (isFresh(stamp, hash)) return
  const beside = path.join(root, `.generated-${process.pid}`)
  for (const [file, text] of Object.entries(modules())) {
    fs.mkdirSync(path.dirname(path.join(beside, file)), { recursive: true })
    fs.writeFileSync(path.join(beside, file), `${HEAD}${text}\n`)
  }
  replaceFolder(beside, output)
  writeStamp(stamp, hash)
}

/**
 * What people can ask of a ticket: the group `asked`, in which each area has what its own commands
 * ask. It is read on pages and in mail, and its keys are a type of the domain.
 * @param {string} code
 */
const askedIn = (code) => /** @type {Record<string, string>} */ (wordsOf(code, 'web')['asked'])

/** @returns {Record<string, string[]>} what is asked of each area, by the name of its file */
function askedByArea() {
  const folder = path.join(root, FIRST, 'web')
  return Object.fromEntries(
    fs.readdirSync(folder).flatMap((file) => {
      const { asked } = read(path.join(folder, file))
      return asked ? [[path.basename(file, '.json'), Object.keys(asked)]] : []
    }),
  )
}

/** @param {object} words */
const moduleOf = (words) => `export default ${JSON.stringify(words, null, 2)}`

/** @returns {Record<string, string>} the text of each module */
function modules() {
  const codes = languageCodes()
  /** @param {(code: string) => string} line */
  const table = (line) => `{\n${codes.map((code) => `  ${code}: ${line(code)},`).join('\n')}\n}`
  const about = table((code) => {
    const { name, locale, direction, units, days } = manifestOf(code)
    return JSON.stringify({ name, locale, direction, units, days })
  })
  return {
    'list.ts': `export const languages = ${JSON.stringify(codes)} as const\n\nexport const FALLBACK = ${JSON.stringify(FIRST)}\n\nexport const manifests = ${about} as const`,
    'small-words.ts': `export const smallWords = ${table((code) => JSON.stringify(read(path.join(root, code, 'small-words.json'))))}`,
    'asset-file-words.ts': `export const assetFileWords = ${table((code) => JSON.stringify(read(path.join(root, code, 'asset-file.json'))))}`,
    'web-words.ts': `export const webWords = ${table((code) => `() => import('./${code}/web.ts')`)}`,
    'mail-words.ts': `${codes.map((code) => `import ${code} from './${code}/mail.ts'`).join('\n')}\n\nexport const mailWords = { ${codes.join(', ')} }`,
    'asked-kinds.ts': `export const askedKinds = ${JSON.stringify(Object.keys(askedIn(FIRST)))} as const\n\nexport const askedByArea = ${JSON.stringify(askedByArea(), null, 2)} as const`,
    ...Object.fromEntries(
      codes.flatMap((code) => [
        // What the server says is read on pages and in mail.
        [`${code}/web.ts`, moduleOf(wordsOf(code, 'web', 'server'))],
        [`${code}/mail.ts`, moduleOf({ ...wordsOf(code, 'mail', 'server'), asked: askedIn(code) })],
      ]),
    ),
  }
}

/** @param {string} file */
const read = (file) => JSON.parse(fs.readFileSync(file, 'utf8'))
