import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { z } from 'zod'
import { apply, rebuild } from '../../domain/apply.ts'
import { commands, eventSchemas, notificationsOf, plannedTimers } from '../../domain/areas.ts'
import { commandNames, readCommand, withoutDefaults } from '../../domain/command-schema.ts'
import type { Command, CommandName } from '../../domain/commands.ts'
import { decide, refusalLines } from '../../domain/decide.ts'
import type { TicketEvent } from '../../domain/events.ts'
import type { Ticket } from '../../domain/ticket.ts'
import type { PlannedTimer } from '../../domain/timers.ts'
import { type Actor, SYSTEM } from '../../domain/vocabulary.ts'
import { arbitraryOf, ids } from './arbitrary.ts'
import { ANNA, opening, received } from './given.ts'

/** One command at some time. */
interface Step {
  name: CommandName
  payload: unknown
  actor: Actor
  /** Hours after the step before. */
  hours: number
}

const actors: Actor[] = [
  { kind: 'agent', id: ids[0]!, name: 'Sam' },
  { kind: 'agent', id: ids[1]!, name: 'Ida' },
  { kind: 'requester', ...ANNA },
  { kind: 'operator', name: '' },
  SYSTEM,
]

/** Who sends what no person may ask for. */
const unattended: Actor[] = [{ kind: 'requester', ...ANNA }, SYSTEM]

const payloads = new Map<CommandName, fc.Arbitrary<unknown>>()
const payloadOf = (name: CommandName): fc.Arbitrary<unknown> => {
  const made = payloads.get(name) ?? arbitraryOf(commands[name].payload as z.ZodType)
  payloads.set(name, made)
  return made
}

const stepOf = (names: readonly CommandName[]): fc.Arbitrary<Step> =>
  fc.constantFrom(...names).chain((name) =>
    fc.record({
      name: fc.constant(name),
      payload: payloadOf(name),
      actor: fc.constantFrom(...(commands[name].right === 'system' ? unattended : actors)),
      hours: fc.nat({ max: 30 }),
    }),
  )

/** Mostly commands of the area, between them any: the states that it can find itself in. */
export const storyOf = (area: object): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.oneof(
      { weight: 3, arbitrary: stepOf(Object.keys(area) as CommandName[]) },
      { weight: 1, arbitrary: stepOf(commandNames) },
    ),
    { minLength: 1, maxLength: 25 },
  )

const HOUR = 3_600_000
const BEGIN = Date.parse('2026-11-23T08:00:00.000Z')

interface Telling {
  ticket: Ticket
  log: TicketEvent[]
  now: string
}

/** Tells a story from an opened ticket on; `each` looks at every step. */
function told(
  story: readonly Step[],
  each?: (
    before: Telling,
    step: Step,
    command: Command,
    decision: ReturnType<typeof decide>,
  ) => void,
): Telling {
  const log: TicketEvent[] = []
  const first = decide(
    rebuild(1001, []),
    'mailReceived',
    { id: 'first', actor: actors[2]!, payload: { message: received(), opening } } as Command,
    new Date(BEGIN).toISOString(),
  )
  log.push(...first.events)
  return story.reduce<Telling>(
    (before, step, index) => {
      const now = new Date(Date.parse(before.now) + step.hours * HOUR).toISOString()
      const command = {
        id: `command-${index}`,
        actor: step.actor,
        payload: step.payload,
      } as Command
      const decision = decide(before.ticket, step.name, command, now)
      each?.({ ...before, now }, step, command, decision)
      const { rejection } = decision
      const lines = rejection
        ? refusalLines(decision.ticket, step.name, command, rejection, now)
        : decision.events
      log.push(...lines)
      return {
        ticket: rejection ? lines.reduce(apply, decision.ticket) : decision.ticket,
        log,
        now,
      }
    },
    { ticket: first.ticket, log, now: new Date(BEGIN).toISOString() },
  )
}

const dueTimers = (ticket: Ticket, now: string): PlannedTimer[] =>
  plannedTimers(ticket).filter(({ at }) => at <= now)

const sentBy = (key: string, { payload }: PlannedTimer['command']): Command => ({
  id: `timer-${key}`,
  actor: SYSTEM,
  payload,
})

const asStored = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

/**
 * What holds for every ticket that this area's commands can bring about.
 * @param name for the specification's title.
 * @param area its commands.
 */
export function describeProperties(name: string, area: object): void {
  const always = (holds: (story: Step[]) => void): void => {
    fc.assert(fc.property(storyOf(area), holds), {
      numRuns: Number(process.env['PROPERTY_RUNS'] ?? 60),
    })
  }

  describe(`${name}: whatever is asked, in whatever order`, () => {
    it('a refused command changes nothing', () => {
      always((story) => {
        told(story, ({ ticket }, _step, _command, decision) => {
          if (decision.rejection === null) return
          assert.deepEqual(decision.events, [])
          assert.equal(decision.ticket, ticket)
          assert.ok(decision.rejection.code && decision.rejection.message)
        })
      })
    })

    it('events are numbered without a gap, in the time and the name of who caused them', () => {
      always((story) => {
        told(story, ({ ticket, now }, { actor }, command, { ticket: after, events }) => {
          assert.equal(after.version, ticket.version + events.length)
          for (const [ordinal, event] of events.entries())
            assert.deepEqual(
              [event.no, event.ordinal, event.at, event.actor, event.commandId],
              [ticket.version + 1 + ordinal, ordinal, now, actor, command.id],
            )
        })
      })
    })

    it('events are as their schemas say', () => {
      always((story) => {
        for (const { type, data } of told(story).log) {
          const parsed = eventSchemas[type].safeParse(asStored(data))
          assert.ok(parsed.success, `${type}: ${parsed.error?.message}`)
        }
      })
    })

    it('the ticket is the fold of its events, also after it was stored', () => {
      always((story) => {
        const { ticket, log } = told(story)
        assert.deepEqual(asStored(rebuild(1001, asStored(log))), asStored(ticket))
      })
    })

    it('goes on from the stored ticket as it would have from the one in memory', () => {
      always((story) => {
        told(story, ({ ticket, now }, step, command, decision) => {
          const resumed = decide(asStored(ticket), step.name, asStored(command), now)
          assert.deepEqual(asStored(resumed), asStored(decision))
        })
      })
    })

    it('what is already so is not said again', () => {
      always((story) => {
        told(story, ({ now }, step, command, { ticket, events }) => {
          if (!settles.has(step.name) || events.length === 0) return
          const again = decide(ticket, step.name, { ...command, id: 'again' }, now)
          assert.deepEqual(again.events, [], `${step.name} twice`)
        })
      })
    })

    it('are read as they were when they are sent without what their schema fills in', () => {
      always((story) => {
        for (const { name, payload } of story) {
          const command = { id: 'command', actor: SYSTEM, payload } as Command
          const sent = asStored(withoutDefaults(name, command))
          assert.deepEqual(readCommand(name, sent), readCommand(name, asStored(command)))
        }
      })
    })

    it('a timer has one key and a command that its table knows', () => {
      always((story) => {
        const planned = plannedTimers(told(story).ticket)
        assert.equal(new Set(planned.map(({ key }) => key)).size, planned.length)
        for (const { key, command } of planned)
          assert.ok('id' in readCommand(command.name, sentBy(key, command)), key)
      })
    })

    it('timers that are due come to an end: none asks for itself for ever', () => {
      always((story) => {
        const begun = told(story)
        const last = plannedTimers(begun.ticket).map(({ at }) => at)
        const now = [begun.now, ...last].sort().at(-1)!
        let { ticket } = begun
        let due = dueTimers(ticket, now)
        for (let round = 0; due.length > 0; round++) {
          assert.ok(round < 100, `${due.map(({ key }) => key).join(', ')} again and again`)
          for (const { key, command } of due)
            ticket = decide(ticket, command.name, sentBy(key, command), now).ticket
          due = dueTimers(ticket, now)
        }
      })
    })

    it('nobody is told of what they did themselves', () => {
      always((story) => {
        told(story, ({ ticket }, _step, _command, { ticket: after, events }) => {
          for (const { to, eventNo } of notificationsOf({ before: ticket, after, events })) {
            const { actor } = events.find(({ no }) => no === eventNo)!
            if (actor.kind === 'agent' && 'userId' in to) assert.notEqual(to.userId, actor.id)
          }
        })
      })
    })

    it('a refusal that is written down changes the history alone', () => {
      always((story) => {
        told(story, ({ ticket, now }, { name }, command, { rejection }) => {
          if (!rejection) return
          const lines = refusalLines(ticket, name, command, rejection, now)
          const after = lines.reduce(apply, ticket)
          const { version, lastCommandId, updatedAt } = ticket
          assert.equal(after.version, version + lines.length)
          assert.deepEqual({ ...after, version, lastCommandId, updatedAt }, ticket)
        })
      })
    })
  })
}

/** Commands that say how something is to be. */
const settles = new Set<CommandName>(
  commandNames.filter((name) => /^(change|set|link|unlink|addWatcher|removeWatcher)/.test(name)),
)
