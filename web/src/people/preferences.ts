import { remembered } from '../design/remembered.svelte.ts'

export const holdChoices = ['0', '5', '10', '30'] as const

/** For how many seconds a sent answer can be taken back. */
export const holdSeconds = remembered<string>('guichet.holdSeconds', '5')
