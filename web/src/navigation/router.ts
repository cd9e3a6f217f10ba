import { createRouter, type Routes } from 'sv-router'

interface Target {
  /** What stands for the names in the path. */
  params?: Record<string, string>
  search?: Record<string, string> | string
  replace?: boolean
  scrollToTop?: false
}

let router = createRouter<Routes>({})

/** The addresses of the application, before anything is shown. No page is imported here. */
export function useRoutes(routes: Routes): void {
  router = createRouter(routes)
}

/** @param path an address, or the pattern of one with `params`. */
export const navigate = (path: `/${string}`, target: Target = {}): Promise<unknown> =>
  (router.navigate as (path: string, target: Target) => Promise<unknown>)(path, target)

/** What is shown now. Reactive. */
export const route = {
  get pathname(): string {
    return router.route.pathname
  },
  get params(): Partial<Record<string, string>> {
    return router.route.params
  },
}
