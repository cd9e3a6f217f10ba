/** What a check found. `warning` is worth knowing; `problem` keeps something from working. */
export interface Finding {
  level: 'ok' | 'warning' | 'problem'
  /** What was looked at: `database`, `mailbox it@example.org`. */
  about: string
  /** Its address: a server, a file, a name. */
  where?: string
  /** What is so, in a sentence. */
  found: string
  /** What to do about it. */
  advice?: string
}

export const ok = (about: string, found: string): Finding => ({ level: 'ok', about, found })

export const warning = (about: string, found: string, advice: string): Finding => ({
  level: 'warning',
  about,
  found,
  advice,
})

export const problem = (about: string, found: string, advice: string): Finding => ({
  level: 'problem',
  about,
  found,
  advice,
})

/** The same of everything that was found at one place. */
export const at = (where: string, findings: readonly Finding[]): Finding[] =>
  findings.map((finding) => ({ ...finding, where: finding.where ?? where }))

/** A check that comes to no end counts as a problem of what it looks at. */
export async function within(
  milliseconds: number,
  about: string,
  check: Promise<Finding[]>,
): Promise<Finding[]> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Finding[]>((resolve) => {
    timer = setTimeout(() => {
      resolve([
        problem(
          about,
          `no answer within ${milliseconds / 1000} s`,
          'Look whether the server hangs, or a firewall drops the connection without a word.',
        ),
      ])
    }, milliseconds)
  })
  try {
    return await Promise.race([check, late])
  } catch (error) {
    return [
      problem(about, error instanceof Error ? error.message : String(error), 'See the message.'),
    ]
  } finally {
    clearTimeout(timer)
  }
}
