/**
 * Whether lists and objects are nested deeper than so many levels. Goes level by level: what recurses
 * would itself fail on what is to be found here.
 */
export function isDeeperThan(levels: number, value: unknown): boolean {
  let level = [value].filter(isNested)
  for (let depth = 0; depth < levels && level.length > 0; depth += 1)
    level = level.flatMap((one) => Object.values(one).filter(isNested))
  return level.length > 0
}

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null
