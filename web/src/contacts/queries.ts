import { createInfiniteQuery, createQuery } from '@tanstack/svelte-query'
import { type ContactFilter, contacts } from '../api/contacts.ts'

/** The names of what is cached of this area. */
export const contactKeys = {
  all: ['contacts'] as const,
  one: (email: string) => ['contacts', 'one', email] as const,
}

export const contactsQuery = (filter: () => ContactFilter) =>
  createInfiniteQuery(() => ({
    queryKey: [...contactKeys.all, 'list', filter()],
    queryFn: ({ pageParam }: { pageParam: string | null }) => contacts.list(filter(), pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last: { next: string | null }) => last.next ?? undefined,
  }))
/** Shown anew each time: what hangs on a person changes elsewhere. */
export const contactQuery = (email: () => string) =>
  createQuery(() => ({
    queryKey: contactKeys.one(email()),
    queryFn: () => contacts.one(email()),
    staleTime: 0,
  }))
