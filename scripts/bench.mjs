// `npm run bench`: installs and builds what is needed, then measures (scripts/bench/). `npm run
// bench -- --json` for machines.
import { runBuilt } from './launch/built-program.mjs'

await runBuilt('scripts/bench/main.ts')
