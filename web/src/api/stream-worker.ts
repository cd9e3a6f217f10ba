import { StreamLine, type Told } from './stream-line.ts'

/** What a window asks of the worker. */
export type Wish = 'join' | 'leave' | 'renew'

const line = new StreamLine()

/** Each window that is connected is told by the one line. */
addEventListener('connect', (event) => {
  const [port] = (event as MessageEvent).ports
  if (!port) return
  const listener = (told: Told): void => port.postMessage(told)
  port.onmessage = ({ data }: MessageEvent<Wish>) => {
    if (data === 'renew') line.renew()
    else line[data](listener)
  }
})
