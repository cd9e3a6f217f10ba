// The workflows as one script, made ahead: a worker that bundles them at its start needs seconds
// and a hundred megabytes for it.
import fs from 'node:fs'
import path from 'node:path'
import { projectRoot } from './environment.mjs'

/**
 * Our code is made into one module first, which the worker evaluates once for all workflows
 * (`preloadModules`). Otherwise each ticket would evaluate zod and the domain for itself: most of a
 * mail's CPU in the worker, and two megabytes per ticket in its cache. In one module because the
 * worker freezes what preloaded modules export: zod writes to its schemas when they are first used,
 * and here they stay inside. So no module below workflows/ or domain/ may hold state that belongs
 * to one workflow.
 * @returns {Promise<import('@temporalio/worker').WorkflowBundleWithSourceMap>}
 */
export async function bundleWorkflows() {
  const { build } = await import('esbuild')
  const { bundleWorkflowCode } = await import('@temporalio/worker')
  const whole = path.join(projectRoot, 'dist', `workflows.${process.pid}.mjs`)
  await build({
    entryPoints: [path.join(projectRoot, 'workflows/index.ts')],
    bundle: true,
    external: ['@temporalio/*'],
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2022',
    format: 'esm',
    outfile: whole,
    absWorkingDir: projectRoot,
    logLevel: 'warning',
  })
  try {
    return await bundleWorkflowCode({
      workflowsPath: whole,
      preloadModules: ['@temporalio/workflow', '@temporalio/common', whole],
      workflowInterceptorModules: [path.join(projectRoot, 'platform/temporal/run-progress.ts')],
      payloadConverterPath: path.join(projectRoot, 'platform/temporal/payload-converter.ts'),
      logger: {
        trace() {},
        debug() {},
        info() {},
        log() {},
        warn: console.error,
        error: console.error,
      },
    })
  } finally {
    fs.rmSync(whole)
  }
}
