import fc from 'fast-check'

/** What looks like one character and is several: joined emoji, flags, marks, Hangul, CR LF. */
const clusters = [
  '👩‍👩‍👧‍👦',
  '🏴󠁧󠁢󠁳󠁣󠁴󠁿',
  '🇩🇪',
  '👍🏽',
  'e\u0301',
  'z\u0335\u0321\u0322\u0344',
  'क्षि',
  '각',
  '\r\n',
  '\u200d',
  '✂️',
]
/** What no database and no JSON between programs holds. */
const broken = ['\0', '\ud83d', '\ude00', '\ufffe', '\ufeff', '\u2028']

/**
 * Text as the world sends it: any code unit at all, whole characters of several code points, half
 * ones, and filling up to the places at which Guichet cuts.
 */
export const anyText: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(0, 0, 57, 58, 59, 77, 78, 79, 98, 127, 128, 177, 197, 198, 199, 200, 297, 299),
    fc.array(
      fc.oneof(
        fc.constantFrom(...clusters, ...broken),
        fc.string({ unit: 'binary', maxLength: 6 }),
        fc.string({ unit: 'grapheme', maxLength: 6 }),
        // A single UTF-16 unit, also one of a pair.
        fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
      ),
      { maxLength: 8 },
    ),
  )
  .map(([before, parts]) => 'x'.repeat(before) + parts.join(''))

export const hasHalfPair = (text: string): boolean => /\p{Surrogate}/u.test(text)
export const isStorable = (text: string): boolean => !hasHalfPair(text) && !text.includes('\0')
