/** As many as are told at once. */
const MOST = 50

/**
 * Looks for fields whose name JavaScript has a meaning of its own for: copied carelessly, they would
 * change what every object is made of. Goes without recursion, however deep the JSON is nested.
 * @returns a JSON pointer to each of them; empty when there is none or the text is no JSON.
 */
export function reservedFields(text: string): string[] {
  const found: string[] = []
  const left = [{ pointer: '', value: parsed(text) }]
  for (let one = left.pop(); one && found.length < MOST; one = left.pop()) {
    if (typeof one.value !== 'object' || one.value === null) continue
    for (const [name, value] of Object.entries(one.value)) {
      const pointer = `${one.pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
      if (isReserved(name, value)) found.push(pointer)
      else left.push({ pointer, value })
    }
  }
  return found.reverse()
}

const isReserved = (name: string, value: unknown): boolean =>
  name === '__proto__' ||
  (name === 'constructor' &&
    typeof value === 'object' &&
    value !== null &&
    Object.hasOwn(value, 'prototype'))

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
