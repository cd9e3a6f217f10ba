// Every kind of fault: how it begins and ends, and what may be said of it.
import fs from 'node:fs'
import path from 'node:path'
import type { Plannable } from './plan.ts'
import type { Way } from './proxy.ts'
import type { Part, Site, SiteKind } from './site.ts'
import { putStoreBack, setStoreAside } from './temporal-store.ts'

/**
 * What `/readyz` has to say while it lasts. `must`: that nothing can be done, within fifteen seconds ·
 * `may`: that it is over before anybody needs to know, or stops only some · `never`: work goes on.
 */
export type Readiness = 'must' | 'may' | 'never'

export interface FaultKind extends Plannable {
  on: readonly SiteKind[]
  readiness: Readiness
  /** Which API says nothing itself meanwhile: its place among the site's. */
  silent?: number
  /** One of the two workers: without both no work is done. */
  worker?: boolean
  /**
   * Nothing can be written meanwhile, and after so many seconds a ticket's history is as long as it
   * will be: two attempts within the workflow task are over.
   */
  historyQuietAfter?: number
  /** Why it cannot be done there; null when it can. */
  without?: (site: Site) => string | null
  begin: (site: Site) => Promise<void>
  end: (site: Site) => Promise<void>
}

const EMBEDDED: readonly SiteKind[] = ['embedded']
const SEPARATE: readonly SiteKind[] = ['separate']
const BOTH: readonly SiteKind[] = ['embedded', 'separate']

/** Long enough for readiness to have to say so. Seconds. */
const LONG = [20, 30] as const
const SHORT = [4, 14] as const
/** Long enough to see that a database that says nothing makes no history. Seconds. */
const VERY_LONG = [90, 100] as const
/** A database that refuses has refused both attempts by then. Seconds. */
const REFUSED = 20
/** One that says nothing has kept both waiting for half a minute. Seconds. */
const UNHEARD = 65
/** Until the launcher has started it again. Seconds. */
const AT_ONCE = [1, 2] as const

/** Guichet and its servers. */
const EVERYTHING: readonly string[] = [
  ...['worker', 'worker-1', 'worker-2', 'api', 'api-1', 'api-2'],
  ...['postgres', 'temporal', 'disk', 'launcher'],
]

function partOf(site: Site, name: string): Part {
  const part = site.parts[name]
  if (!part) throw new Error(`${name}: there is no such part.`)
  return part
}

const nothing = (): Promise<void> => Promise.resolve()

/** What a kind says of itself beside how it begins and ends. */
type Known = Pick<
  FaultKind,
  'on' | 'lasts' | 'readiness' | 'silent' | 'worker' | 'historyQuietAfter'
>

const kill = (
  part: string,
  { touches = [part], ...over }: Known & { touches?: readonly string[] },
): FaultKind => ({
  name: `kill ${part}`,
  touches,
  ...over,
  begin: (site) => partOf(site, part).kill(),
  end: (site) => partOf(site, part).revive(),
})

const stop = (part: string, over: Known, name = `stop ${part}`): FaultKind => ({
  name,
  touches: [part],
  ...over,
  begin: (site) => {
    partOf(site, part).freeze()
    return nothing()
  },
  end: (site) => {
    partOf(site, part).goOn()
    return nothing()
  },
})

const way = (to: string, how: Exclude<Way, 'through'>, over: Known, delay = 0): FaultKind => ({
  name: `${how} ${to}`,
  touches: [to],
  ...over,
  begin: (site) => {
    site.ways[to]?.set(how, delay)
    return nothing()
  },
  end: (site) => {
    site.ways[to]?.set('through')
    return nothing()
  },
})

const clock = (name: string, offset: number): FaultKind => ({
  name: `clock ${name}`,
  on: BOTH,
  touches: ['clock'],
  lasts: [8, 20],
  readiness: 'never',
  begin: (site) => {
    site.setClock(offset)
    return nothing()
  },
  end: (site) => {
    site.setClock(0)
    return nothing()
  },
})

/** All of them at once, as when the power goes. */
const powerCut: FaultKind = {
  name: 'kill everything',
  on: BOTH,
  touches: EVERYTHING,
  lasts: [1, 10],
  readiness: 'may',
  silent: 0,
  begin: async (site) => {
    await Promise.all(Object.values(ownParts(site)).map((part) => part.kill()))
  },
  end: async (site) => {
    const { postgres, temporal, ...others } = ownParts(site)
    // Servers first, as whoever starts machines does.
    for (const part of [postgres, temporal, ...Object.values(others)]) await part?.revive()
  },
}

const ownParts = ({ parts }: Site): Record<string, Part> => {
  const { launcher: _launcher, ...own } = parts
  return own
}

const dovecotDies: FaultKind = {
  name: 'kill imap',
  on: BOTH,
  touches: ['imap'],
  lasts: SHORT,
  readiness: 'never',
  begin: ({ dovecot }) => dovecot.kill(),
  end: ({ dovecot }) => dovecot.start(),
}

const peerDies: FaultKind = {
  name: 'kill smtp',
  on: BOTH,
  touches: ['smtp'],
  lasts: SHORT,
  readiness: 'never',
  begin: ({ peer }) => peer.stop(),
  end: ({ peer }) => peer.start(),
}

/** Connections to the account are lost before and after the mail was taken, or it says wait. */
const peerErrs: FaultKind = {
  name: 'smtp errs',
  on: BOTH,
  touches: ['smtp'],
  lasts: SHORT,
  readiness: 'never',
  begin: ({ peer }) => {
    peer.fail({ kind: 'reject', at: 'data', code: 451 })
    peer.fail({ kind: 'dropInData' })
    peer.fail({ kind: 'dropAfterData', kept: true })
    peer.fail({ kind: 'dropAfterData', kept: false })
    return nothing()
  },
  end: ({ peer }) => {
    peer.heal()
    return nothing()
  },
}

const FILL = 'filled-by-faults'

const fullDisk: FaultKind = {
  name: 'full disk',
  on: EMBEDDED,
  touches: ['postgres', 'temporal', 'disk'],
  lasts: LONG,
  readiness: 'must',
  historyQuietAfter: REFUSED,
  without: ({ disk }) => ('without' in disk ? disk.without : null),
  begin: ({ disk }) => {
    if ('folder' in disk) fill(path.join(disk.folder, FILL))
    return nothing()
  },
  end: ({ disk }) => {
    if ('folder' in disk) fs.rmSync(path.join(disk.folder, FILL), { force: true })
    return nothing()
  },
}

/** Writes until there is no room. */
function fill(file: string): void {
  const out = fs.openSync(file, 'w')
  try {
    for (let piece = Buffer.alloc(8 * 1024 * 1024, 1); piece.length > 0;) {
      try {
        fs.writeSync(out, piece)
      } catch {
        piece = piece.subarray(0, Math.floor(piece.length / 2))
      }
    }
  } finally {
    fs.closeSync(out)
  }
}

/** Temporal's store is put back to what it was when this began. */
const storeGoneBack: FaultKind = {
  name: 'store gone back',
  on: BOTH,
  touches: ['temporal'],
  lasts: [15, 30],
  readiness: 'may',
  begin: (site) => {
    const temporal = partOf(site, 'temporal')
    temporal.freeze()
    try {
      setStoreAside(site.temporalFolder)
    } finally {
      temporal.goOn()
    }
    return nothing()
  },
  end: async (site) => {
    const temporal = partOf(site, 'temporal')
    await temporal.kill()
    putStoreBack(site.temporalFolder)
    await temporal.revive()
  },
}

const killed: readonly FaultKind[] = [
  ...['worker', 'postgres', 'temporal'].map((part) =>
    kill(part, { on: EMBEDDED, lasts: AT_ONCE, readiness: 'may' }),
  ),
  kill('api', { on: EMBEDDED, lasts: AT_ONCE, readiness: 'may', silent: 0 }),
  kill('launcher', {
    on: EMBEDDED,
    lasts: AT_ONCE,
    readiness: 'may',
    silent: 0,
    touches: EVERYTHING,
  }),
  kill('worker-1', { on: SEPARATE, lasts: SHORT, readiness: 'never', worker: true }),
  kill('worker-2', { on: SEPARATE, lasts: SHORT, readiness: 'never', worker: true }),
  kill('api-1', { on: SEPARATE, lasts: SHORT, readiness: 'never', silent: 0 }),
  kill('api-2', { on: SEPARATE, lasts: SHORT, readiness: 'never', silent: 1 }),
  kill('postgres', {
    on: SEPARATE,
    lasts: LONG,
    readiness: 'must',
    historyQuietAfter: REFUSED,
  }),
  kill('temporal', { on: SEPARATE, lasts: LONG, readiness: 'must' }),
  powerCut,
  dovecotDies,
  peerDies,
]

const stopped: readonly FaultKind[] = [
  stop('worker', { on: EMBEDDED, lasts: LONG, readiness: 'must' }),
  stop('api', { on: EMBEDDED, lasts: SHORT, readiness: 'may', silent: 0 }),
  stop('worker-1', { on: SEPARATE, lasts: LONG, readiness: 'never', worker: true }),
  stop('api-2', { on: SEPARATE, lasts: LONG, readiness: 'never', silent: 1 }),
  stop('postgres', { on: BOTH, lasts: LONG, readiness: 'must', historyQuietAfter: UNHEARD }),
  stop(
    'postgres',
    { on: BOTH, lasts: VERY_LONG, readiness: 'must', historyQuietAfter: UNHEARD },
    'stop postgres for long',
  ),
  stop('temporal', { on: BOTH, lasts: LONG, readiness: 'must' }),
]

const ways: readonly FaultKind[] = [
  ...(['imap', 'smtp'] as const).flatMap((to) => [
    way(to, 'cut', { on: BOTH, lasts: SHORT, readiness: 'never' }),
    way(to, 'half-open', { on: BOTH, lasts: LONG, readiness: 'never' }),
    way(to, 'slow', { on: BOTH, lasts: LONG, readiness: 'never' }, 300),
  ]),
  way('postgres', 'cut', {
    on: SEPARATE,
    lasts: LONG,
    readiness: 'must',
    historyQuietAfter: REFUSED,
  }),
  way('postgres', 'half-open', {
    on: SEPARATE,
    lasts: LONG,
    readiness: 'must',
    historyQuietAfter: UNHEARD,
  }),
  way('temporal', 'cut', { on: SEPARATE, lasts: LONG, readiness: 'must' }),
  way('temporal', 'half-open', { on: SEPARATE, lasts: LONG, readiness: 'must' }),
  ...(['postgres', 'temporal'] as const).map((to) =>
    way(to, 'slow', { on: SEPARATE, lasts: LONG, readiness: 'may' }, 60),
  ),
]

export const faultKinds: readonly FaultKind[] = [
  ...killed,
  ...stopped,
  ...ways,
  peerErrs,
  fullDisk,
  storeGoneBack,
  clock('an hour ahead', 3_600_000),
  clock('ten minutes behind', -600_000),
]

/** @returns the kinds that this site can have, and why it cannot have the others. */
export function kindsFor(site: Site): {
  kinds: FaultKind[]
  left: { name: string; why: string }[]
} {
  const there = faultKinds.filter(({ on }) => on.includes(site.kind))
  const why = new Map(there.map((kind) => [kind, kind.without?.(site) ?? null]))
  return {
    kinds: there.filter((kind) => why.get(kind) === null),
    left: there.flatMap((kind) => {
      const reason = why.get(kind)
      return typeof reason === 'string' ? [{ name: kind.name, why: reason }] : []
    }),
  }
}
