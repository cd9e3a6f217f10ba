// `npm run faults`: installs and builds what is needed, then breaks it again and again
// (scripts/faults/).
import { runBuilt } from './launch/built-program.mjs'

await runBuilt('scripts/faults/main.ts')
