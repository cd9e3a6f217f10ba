import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { NoticeItem } from '../../web/src/api/notices.ts'
import { groupNotices } from '../../web/src/notices/notice-groups.ts'

const notice = (id: string, ticketNumber: number, readAt: string | null = null): NoticeItem => ({
  id,
  kind: 'ticketChanged',
  ticketNumber,
  ticketSubject: 'Printer',
  data: {},
  createdAt: '2026-11-27T08:00:00.000Z',
  readAt,
})

describe('the list of notices', () => {
  it('shows what came of one ticket in a row as one line, the latest first', () => {
    const groups = groupNotices([notice('c', 1), notice('b', 1), notice('a', 2), notice('z', 1)])
    assert.deepEqual(
      groups.map(({ latest, ids }) => [latest.id, ids]),
      [
        ['c', ['c', 'b']],
        ['a', ['a']],
        ['z', ['z']],
      ],
    )
  })

  it('keeps what is new apart from what was read', () => {
    const groups = groupNotices([notice('b', 1), notice('a', 1, '2026-11-27T08:01:00.000Z')])
    assert.deepEqual(
      groups.map(({ ids, unread }) => [ids, unread]),
      [
        [['b'], true],
        [['a'], false],
      ],
    )
  })
})
