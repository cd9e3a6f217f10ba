import net from 'node:net'

/** Connections at one time. */
const MOST = 200
/** Of these from one network: whatever it does, others can bring mail. */
const MOST_OF_ONE = 150
/** After so long without a word a connection gives way to a new one. Milliseconds. */
const GIVES_WAY_AFTER = { withoutMail: 2_000, withinMail: 20_000 }

/** A connection, as far as somebody may have to give way. */
interface Place {
  network: string
  /** A mail is being handed over. */
  withinMail: boolean
  /** Since when its sender is waited for, in milliseconds since 1970; null: it waits for us. */
  silentSince: number | null
  end: () => void
}

/**
 * Who may be connected to the SMTP receiver. Connections that say nothing cost a sender nothing, so
 * any number of them may come: when there is no room, the one that has said nothing for longest, of
 * the network that has most of that kind, gives way to who comes now. A sender that hears nothing but
 * a good-bye connects again with its next mail.
 */
export class ReceiverPlaces {
  private readonly places = new Map<string, Place>()

  /** How many are connected. */
  get size(): number {
    return this.places.size
  }

  /**
   * Gives a new connection a place.
   * @param id of the connection.
   * @param address of its sender.
   * @param end called when it has to give way.
   * @returns whether there was one.
   */
  enter(id: string, address: string, end: () => void): boolean {
    const network = networkOf(address)
    const ofNetwork = [...this.places].filter(([, place]) => place.network === network)
    const room =
      ofNetwork.length >= MOST_OF_ONE
        ? this.makeRoom(ofNetwork)
        : this.places.size < MOST || this.makeRoom([...this.places])
    if (room) this.places.set(id, { network, withinMail: false, silentSince: Date.now(), end })
    return room
  }

  /**
   * Its sender is to go on.
   * @param withinMail a mail is begun, and not at its end.
   */
  awaits(id: string, withinMail: boolean): void {
    const place = this.places.get(id)
    if (place) Object.assign(place, { withinMail, silentSince: Date.now() })
  }

  /** Its sender waits for our answer, and gives way to nobody. */
  owes(id: string): void {
    const place = this.places.get(id)
    if (place) place.silentSince = null
  }

  leave(id: string): void {
    this.places.delete(id)
  }

  private makeRoom(among: readonly [string, Place][]): boolean {
    const idle = silent(among, false)
    const [longest] = ofLargestNetwork(idle.length > 0 ? idle : silent(among, true)).toSorted(
      ([, a], [, b]) => a.silentSince - b.silentSince,
    )
    if (!longest) return false
    const [id, { end }] = longest
    this.places.delete(id)
    end()
    return true
  }
}

type Silent = [string, Place & { silentSince: number }]

/** Those that may have to give way. */
function silent(among: readonly [string, Place][], withinMail: boolean): Silent[] {
  const heard = Date.now() - GIVES_WAY_AFTER[withinMail ? 'withinMail' : 'withoutMail']
  return among.filter(
    (one): one is Silent =>
      one[1].withinMail === withinMail &&
      one[1].silentSince !== null &&
      one[1].silentSince <= heard,
  )
}

function ofLargestNetwork(among: readonly Silent[]): Silent[] {
  const counts = new Map<string, number>()
  for (const [, { network }] of among) counts.set(network, (counts.get(network) ?? 0) + 1)
  const most = Math.max(...counts.values())
  const largest = [...counts].find(([, count]) => count === most)?.[0]
  return among.filter(([, { network }]) => network === largest)
}

/** An IPv4 address, or the 64 bits that tell one customer's IPv6 network from another's. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped) return mapped
  if (!net.isIPv6(address)) return address
  const [front = '', back = ''] = address.toLowerCase().split('%', 1)[0]!.split('::')
  const [head, tail] = [front, back].map((part) => part.split(':').filter(Boolean))
  const zeros = Array<string>(Math.max(0, 8 - head!.length - tail!.length)).fill('0')
  return [...head!, ...(address.includes('::') ? zeros : []), ...tail!]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}
