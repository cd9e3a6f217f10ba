import { z } from 'zod'
import { onOneLine } from '../single-line.ts'

/**
 * A word or two that tickets are gathered by. Lower case, so that nobody has to remember how it was
 * written.
 */
export const tag = z
  .string()
  .overwrite(onOneLine)
  .trim()
  .toLowerCase()
  .min(1)
  .max(50)
  .regex(/^[^,]*$/, 'must not contain a comma')
