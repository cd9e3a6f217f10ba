import fs from 'node:fs'
import { SourceMap } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { projectRoot } from '../environment.mjs'

/** V8's own format, as `node --cpu-prof` writes it. */
interface CpuProfile {
  nodes: {
    id: number
    callFrame: { functionName: string; url: string; lineNumber: number; columnNumber: number }
  }[]
  samples: number[]
  /**
   * Microseconds before each sample; `startTime` is on the machine's monotonic clock, which every
   * process reads alike.
   */
  timeDeltas: number[]
  startTime: number
}

/** A stretch of the monotonic clock, in microseconds. */
export interface Window {
  from: number
  to: number
}

/** The monotonic clock, in microseconds. */
export const monotonic = (): number => Number(process.hrtime.bigint() / 1000n)

export interface SelfTime {
  name: string
  ms: number
}

/** Where one thread's time went, waiting left out. */
export interface ThreadProfile {
  thread: 'main' | 'workflows'
  busyMs: number
  packages: SelfTime[]
  functions: SelfTime[]
}

/** @returns a summary of what each thread did in that time, the main one first. */
export function readProfiles(folder: string, window: Window): ThreadProfile[] {
  return fs
    .readdirSync(folder)
    .filter((f) => f.endsWith('.cpuprofile'))
    .sort()
    .flatMap((file) => {
      // CPU.<date>.<time>.<pid>.<thread>.<number>.cpuprofile; thread 0 is the main one.
      const thread =
        /\.\d+\.(\d+)\.\d+\.cpuprofile$/.exec(file)?.[1] === '0'
          ? ('main' as const)
          : ('workflows' as const)
      const profile = summarise(
        JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8')) as CpuProfile,
        window,
      )
      return profile.busyMs > 0 ? [{ thread, ...profile }] : []
    })
}

/**
 * Self time by package and by function.
 * @param sourceOf maps a frame of a built file to its source.
 */
export function summarise(
  { nodes, samples, timeDeltas, startTime }: CpuProfile,
  { from, to }: Window,
  sourceOf = sources(),
): Omit<ThreadProfile, 'thread'> {
  const frames = new Map(nodes.map((n) => [n.id, n.callFrame]))
  const byPackage = new Map<string, number>()
  const byFunction = new Map<string, number>()
  let busyMs = 0
  let now = startTime
  for (const [i, id] of samples.entries()) {
    const frame = frames.get(id)
    now += timeDeltas[i] ?? 0
    if (now < from || now > to || !frame || frame.functionName === '(idle)') continue
    const ms = (timeDeltas[i] ?? 0) / 1000
    const source = sourceOf(frame.url, frame.lineNumber, frame.columnNumber)
    const where = source
      ? packageOf(source)
      : frame.functionName.startsWith('(')
        ? frame.functionName
        : 'native code of Node'
    const name = `${frame.functionName || 'anonymous'} · ${where}${source && where === 'guichet' ? ` ${source}` : ''}`
    busyMs += ms
    byPackage.set(where, (byPackage.get(where) ?? 0) + ms)
    byFunction.set(name, (byFunction.get(name) ?? 0) + ms)
  }
  return { busyMs, packages: sorted(byPackage), functions: sorted(byFunction) }
}

const sorted = (times: ReadonlyMap<string, number>): SelfTime[] =>
  [...times].map(([name, ms]) => ({ name, ms })).sort((a, b) => b.ms - a.ms)

/** @returns `zod`, `@temporalio/worker`, `node` for Node's own modules, `guichet` for ours. */
export function packageOf(source: string): string {
  if (source.startsWith('node:')) return 'node'
  const inside = source.split('node_modules/').at(-1) ?? ''
  if (source.includes('node_modules/'))
    return inside
      .split('/')
      .slice(0, inside.startsWith('@') ? 2 : 1)
      .join('/')
  if (source.startsWith('evalmachine') || source.startsWith('wasm:'))
    return source.split(/[.:]/)[0] ?? source
  return 'guichet'
}

/** Maps positions in dist/ back to the sources; other files are themselves. */
function sources(): (url: string, line: number, column: number) => string {
  const maps = new Map<string, SourceMap | null>()
  return (url, line, column) => {
    const file = url.startsWith('file:') ? fileURLToPath(url) : url
    if (!file.startsWith(path.join(projectRoot, 'dist')))
      return file.startsWith(projectRoot) ? path.relative(projectRoot, file) : file
    if (!maps.has(file)) maps.set(file, readMap(file))
    const entry = maps.get(file)?.findEntry(line, column)
    const source = entry && 'originalSource' in entry ? entry.originalSource : undefined
    return (
      source?.replace(/^(?:webpack:\/\/\/?|file:\/\/)?(?:\.\.?\/)*/, '') ??
      path.relative(projectRoot, file)
    )
  }
}

/** Beside the file (esbuild) or inside it (the workflow bundle). */
function readMap(file: string): SourceMap | null {
  try {
    const inline = /\/\/# sourceMappingURL=data:[^,]*;base64,([A-Za-z0-9+/=]+)\s*$/.exec(
      fs.readFileSync(file, 'utf8'),
    )?.[1]
    const text = inline
      ? Buffer.from(inline, 'base64').toString('utf8')
      : fs.readFileSync(`${file}.map`, 'utf8')
    return new SourceMap(JSON.parse(text) as ConstructorParameters<typeof SourceMap>[0])
  } catch {
    return null
  }
}
