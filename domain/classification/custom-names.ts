import { z } from 'zod'

/** A name that admins give, in each language of the web app; empty where they give none. */
export const customNames = z.object({
  en: z.string().trim().max(60).default(''),
  fr: z.string().trim().max(60).default(''),
})
export type CustomNames = z.infer<typeof customNames>

/** @returns true when there is a name in some language. */
export const isNamed = ({ en, fr }: CustomNames): boolean => en !== '' || fr !== ''
