// What the person who started Guichet sees: one line per step, with its seconds.

/** A step that could not be done. `advice` says what to do about it. */
export class StepError extends Error {
  code = 'step-failed'
  /**
   * @param {string} message
   * @param {string} [advice]
   */
  constructor(message, advice) {
    super(message)
    this.advice = advice
  }
}

/**
 * Adds what to do about it to whatever goes wrong in a step.
 * @template T
 * @param {Promise<T>} work
 * @param {string} advice
 * @returns {Promise<T>}
 */
export const advised = (work, advice) =>
  work.catch((error) => {
    throw new StepError(error instanceof Error ? error.message : String(error), advice)
  })

const live = process.stdout.isTTY === true

/**
 * Shows a step while it runs and how long it took.
 * @template T
 * @param {string} name
 * @param {() => Promise<T> | T} work
 * @returns {Promise<T>}
 */
export async function step(name, work) {
  const begun = Date.now()
  const seconds = () => `${((Date.now() - begun) / 1000).toFixed(1)} s`
  const line = (/** @type {string} */ mark) =>
    `  ${mark} ${name.padEnd(46)} ${seconds().padStart(7)}`
  let said = false
  const ticker = setInterval(() => {
    if (live) process.stdout.write(`\r${line('·')}`)
    else if (!said && Date.now() - begun > 3_000) say(`  · ${name} …`)
    said = true
  }, 500).unref()
  try {
    const result = await work()
    clearInterval(ticker)
    say(`${live ? '\r' : ''}${line('✓')}`)
    return result
  } catch (error) {
    clearInterval(ticker)
    say(`${live ? '\r' : ''}${line('✗')}`)
    throw error
  }
}

/** @param {string} text */
export const say = (text) => void process.stdout.write(`${text}\n`)

/**
 * @param {unknown} error
 * @returns {string} what a person needs to know of an error: known ones without a stack
 */
export function explain(error) {
  if (!(error instanceof Error)) return String(error)
  if (!('code' in error) || typeof error.code !== 'string' || /^(ERR_|E[A-Z]+$)/.test(error.code))
    return error.stack ?? error.message
  const advice = error instanceof StepError ? error.advice : undefined
  return advice ? `${error.message}\n${advice}` : error.message
}
