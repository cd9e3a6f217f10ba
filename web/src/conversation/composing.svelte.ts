export type Writing = 'reply' | 'note'

let writing = $state<{ number: number; mode: Writing } | null>(null)

/** What is being written on which ticket: shortcuts begin it, the composer shows it. */
export const composing = {
  on: (number: number): Writing | null => (writing?.number === number ? writing.mode : null),
  /** Nothing is being written on any ticket. */
  get nowhere(): boolean {
    return writing === null
  },
  begin(number: number, mode: Writing): void {
    writing = { number, mode }
  },
  end(): void {
    writing = null
  },
}
