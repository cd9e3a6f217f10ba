// Runs beside each workflow, and tells the worker how far its run is.
import { proxySinks, type Sinks, type WorkflowInterceptorsFactory } from '@temporalio/workflow'

/** What the worker is told. */
export interface RunProgress extends Sinks {
  runProgress: {
    /** The run takes another step; how far it is stands in what the SDK tells of it. */
    reached: () => void
  }
}

const { runProgress } = proxySinks<RunProgress>()

/** By this name the SDK finds it. */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  internals: [
    {
      concludeActivation(input, next) {
        runProgress.reached()
        return next(input)
      },
    },
  ],
})
