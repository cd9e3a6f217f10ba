import { fireEvent, screen, waitFor } from '@testing-library/svelte'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import TimeDialog from '../../../web/src/tasks/TimeDialog.svelte'
import { languages, nameOf } from '../../../languages/language.ts'
import { useLanguage } from '../../../web/src/language/language.svelte.ts'
import { duration, readDuration } from '../../../web/src/tasks/durations.ts'
import { fakeApi, kept, problem, whole } from '../support/fake-api.ts'
import { agent, signInAs } from '../support/people.ts'
import { button, show } from '../support/show.ts'

const entry = {
  id: 't1',
  ticketNumber: 7,
  taskId: null,
  person: { id: agent.id, name: agent.name, email: agent.email },
  minutes: 85,
  note: 'Cable',
  billable: true,
  workedAt: '2026-11-24T09:30:42.000Z',
}
const amount = (): HTMLInputElement => screen.getByPlaceholderText('1:30')
const save = () => fireEvent.submit(amount().closest('form')!)
const ofTicket = { number: 7, taskId: null, title: 'Printer', onclose: () => undefined }

beforeEach(() => signInAs())

describe('how long something took', () => {
  it('is read as people write it', () =>
    expect(
      ['90', '1:30', '1h30', '1 h 30 min', '1.5h', '1,5 h', '45m', ' 2H '].map(readDuration),
    ).toEqual([90, 90, 90, 90, 90, 90, 45, 120]))
  it('is none where it cannot be: no time, a 70th minute, more than a month', () =>
    expect(['', '0', 'soon', '1:70', '-5', '745h'].map(readDuration)).toEqual(
      Array.from({ length: 6 }, () => null),
    ))
})

describe('a duration, in every language', () => {
  afterEach(() => useLanguage('en'))
  for (const one of languages)
    it(`is read as it is written in ${nameOf(one)}`, async () => {
      await useLanguage(one)
      const minutes = [1, 2, 45, 60, 61, 85, 120, 130, 600, 1439, 1501]
      expect(minutes.map((some) => readDuration(duration(some)))).toEqual(minutes)
      expect(['90', '1:30', '1h30', '1.5h', '1,5 h'].map(readDuration)).toEqual(
        Array.from({ length: 5 }, () => 90),
      )
    })
})

describe('time worked', () => {
  it('is recorded on the ticket as a whole, in minutes', async () => {
    const api = fakeApi({
      'GET /tickets/7/time': whole([]),
      'POST /tickets/7/time': { status: 201, body: entry },
    })
    show(TimeDialog, ofTicket)
    await fireEvent.input(amount(), { target: { value: '1h 25' } })
    await save()
    await waitFor(() => expect(api.of('POST /tickets/7/time')).toHaveLength(1))
    expect(api.of('POST /tickets/7/time')[0]?.body).toMatchObject({ minutes: 85, billable: false })
    await waitFor(() => expect(amount().value).toBe(''))
  })
  it('is recorded on a task where it was one', async () => {
    const api = fakeApi({
      'GET /tickets/7/tasks/k1/time': whole([]),
      'POST /tickets/7/tasks/k1/time': { status: 201, body: entry },
    })
    show(TimeDialog, { ...ofTicket, taskId: 'k1' })
    await fireEvent.input(amount(), { target: { value: '5' } })
    await save()
    await waitFor(() => expect(api.of('POST /tickets/7/tasks/k1/time')).toHaveLength(1))
  })
  it('that is kept for later is not there to be recorded again', async () => {
    fakeApi({ 'GET /tickets/7/time': whole([]), 'POST /tickets/7/time': kept })
    show(TimeDialog, ofTicket)
    await fireEvent.input(amount(), { target: { value: '1h 25' } })
    await save()
    await waitFor(() => expect(amount().value).toBe(''))
    expect(screen.queryByRole('alert')).toBeNull()
  })
  it('that cannot be read is not sent, and the field says so', async () => {
    const api = fakeApi({ 'GET /tickets/7/time': whole([]) })
    show(TimeDialog, ofTicket)
    await fireEvent.input(amount(), { target: { value: 'a while' } })
    await save()
    expect(amount().getAttribute('aria-invalid')).toBe('true')
    expect(api.of('POST /tickets/7/time')).toHaveLength(0)
  })
  it('is corrected without moving it: its seconds stay where only its note changed', async () => {
    const api = fakeApi({
      'GET /tickets/7/time': whole([entry]),
      'PATCH /time/t1': { body: entry },
    })
    show(TimeDialog, { ...ofTicket, entry })
    expect(amount().value).toBe('1:25')
    await save()
    await waitFor(() => expect(api.of('PATCH /time/t1')).toHaveLength(1))
    expect(api.of('PATCH /time/t1')[0]?.body).toMatchObject({
      minutes: 85,
      billable: true,
      workedAt: '2026-11-24T09:30:42.000Z',
    })
  })
  it('that was refused stays in the fields, with the reason', async () => {
    fakeApi({
      'GET /tickets/7/time': whole([]),
      'POST /tickets/7/time': problem(409, 'ticket-closed', 'This ticket is closed.'),
    })
    show(TimeDialog, ofTicket)
    await fireEvent.input(amount(), { target: { value: '20' } })
    await save()
    expect((await screen.findByRole('alert')).textContent).toBeTruthy()
    expect(amount().value).toBe('20')
    expect(button('Close')).toBeTruthy()
  })
})
