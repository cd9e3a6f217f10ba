import type { Dependencies } from './dependencies.ts'
import type { Api } from './route-schema.ts'

/** The routes of one file. */
export type Routes = (api: Api, deps: Dependencies) => void

/** One area of the API: a Fastify plug-in, and what the description says of it. */
export interface ApiArea {
  /** As the description groups its operations; as its folder is called. */
  tag: string
  description: string
  plugin: (api: Api, deps: Dependencies) => Promise<void>
}

/**
 * Makes an area's plug-in of its route files. Every operation in it carries the area's tag; what
 * one area adds to its server (hooks, decorations) no other area has.
 */
export const area = (tag: string, description: string, routes: readonly Routes[]): ApiArea => ({
  tag,
  description,
  async plugin(api, deps) {
    api.addHook('onRoute', ({ schema }) => {
      if (schema) schema.tags = [tag]
    })
    for (const add of routes) add(api, deps)
  },
})
