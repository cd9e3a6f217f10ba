// Loaded before anything else of a process (NODE_OPTIONS=--import): its clock goes wrong by as many
// milliseconds as the file CLOCK_OFFSET_FILE says.
import fs from 'node:fs'

const file = process.env['CLOCK_OFFSET_FILE'] ?? ''
const RealDate = Date
let offset = 0

const read = () => {
  try {
    offset = Number(fs.readFileSync(file, 'utf8')) || 0
  } catch {
    offset = 0
  }
}

if (file) {
  read()
  setInterval(read, 250).unref()
  globalThis.Date = new Proxy(RealDate, {
    construct: (date, given, target) =>
      Reflect.construct(date, given.length === 0 ? [date.now() + offset] : given, target),
    apply: (date) => new date(date.now() + offset).toString(),
    get: (date, name, receiver) =>
      name === 'now' ? () => date.now() + offset : Reflect.get(date, name, receiver),
  })
}
