// Loads the simulation's own in place of @temporalio/workflow.
const STAND_IN = new URL('temporal-workflow.ts', import.meta.url).href

/** @type {import('node:module').ResolveHook} */
export const resolve = (specifier, context, next) =>
  specifier === '@temporalio/workflow' ? next(STAND_IN, context) : next(specifier, context)
