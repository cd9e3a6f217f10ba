import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { NotificationItem } from '../../../domain/notifications/contract.ts'
import { groupNotifications } from '../../../web/src/notifications/notification-groups.ts'

const notification = (
  id: string,
  ticketNumber: number,
  readAt: string | null = null,
): NotificationItem => ({
  id,
  kind: 'ticketChanged',
  ticketNumber,
  ticketSubject: 'Printer',
  data: {},
  createdAt: '2026-11-27T08:00:00.000Z',
  readAt,
})

describe('the list of notifications', () => {
  it('shows what came of one ticket in a row as one line, the latest first', () => {
    const groups = groupNotifications([
      notification('c', 1),
      notification('b', 1),
      notification('a', 2),
      notification('z', 1),
    ])
    assert.deepEqual(
      groups.map(({ latest, ids }) => [latest.id, ids]),
      [
        ['c', ['c', 'b']],
        ['a', ['a']],
        ['z', ['z']],
      ],
    )
  })

  it('hides nothing that could not be done behind something else', () => {
    const refused = { kind: 'commandRefused' as const }
    const groups = groupNotifications([
      notification('d', 1),
      { ...notification('c', 1), ...refused },
      { ...notification('b', 1), ...refused },
      notification('a', 1),
    ])
    assert.deepEqual(
      groups.map(({ ids }) => ids),
      [['d'], ['c'], ['b'], ['a']],
    )
  })

  it('keeps what is new apart from what was read', () => {
    const groups = groupNotifications([
      notification('b', 1),
      notification('a', 1, '2026-11-27T08:01:00.000Z'),
    ])
    assert.deepEqual(
      groups.map(({ ids, unread }) => [ids, unread]),
      [
        [['b'], true],
        [['a'], false],
      ],
    )
  })
})
