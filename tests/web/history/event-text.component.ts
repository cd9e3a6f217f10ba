import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventSchemas } from '../../../domain/areas.ts'
import type { EventType, TicketEvent } from '../../../domain/events.ts'
import { eventText } from '../../../web/src/history/event-text.ts'
import { languages } from '../../../languages/language.ts'
import { isPlainlyTold } from '../../../web/src/history/sentences.ts'
import { useLanguage } from '../../../web/src/language/language.svelte.ts'
import { arbitraryOf } from '../../domain/arbitrary.ts'
import { registerAreas } from '../support/all-areas.ts'

const ADA = { kind: 'agent' as const, id: '00000000-0000-4000-8000-000000000001', name: 'Ada' }

/** Some events of a type, whatever they say. */
const eventsOf = (type: EventType): TicketEvent[] =>
  fc.sample(arbitraryOf(eventSchemas[type]), { numRuns: 20, seed: 7 }).map(
    (data) =>
      ({
        type,
        data,
        actor: ADA,
        no: 1,
        at: '2026-11-29T09:00:00.000Z',
      }) as unknown as TicketEvent,
  )

for (const language of languages)
  describe(`the history in ${language}`, () => {
    it('has a whole sentence for each event whose area has only words for it', async () => {
      registerAreas()
      await useLanguage(language)
      const types = (Object.keys(eventSchemas) as EventType[]).filter(isPlainlyTold)
      expect(types).toContain('taskStarted')
      for (const type of types)
        for (const event of eventsOf(type)) {
          const text = eventText(event)
          expect(text, type).not.toMatch(/\{\{|undefined|\[object|^event\./)
          expect(text, type).not.toBe(`Ada: ${type}`)
        }
    })
  })
