import { z } from 'zod'
import { visibleOrEmpty } from './blank-text.ts'

/** Line ends, tabs and other characters that stand for no sign: they have no place in a name. */
const CONTROL = /[\p{Cc}\u2028\u2029]+/gu

/** "A\nB" → "A B"; what nobody would see is empty. */
export const onOneLine = (text: string): string => visibleOrEmpty(text.replace(CONTROL, ' '))

/**
 * A name, title or label that somebody gives: one line. What was pasted with line ends or control
 * characters in it is put on one line.
 */
export const singleLine = (most: number) =>
  z
    .string()
    .overwrite(onOneLine)
    .trim()
    .max(most)
    // Says it to programs, in a pattern that means the same with and without Unicode; it is so already.
    .regex(/^[^\u0000-\u001f\u007f-\u009f]*$/)
