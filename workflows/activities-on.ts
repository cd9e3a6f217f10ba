import {
  type ActivityInterfaceFor,
  type ActivityOptions,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow'
import { type TaskQueue, taskQueueBeside } from '../domain/task-queues.ts'

/**
 * Activities that are carried out in slots of their own.
 * @param queue beside the one of the workflow, which is asked for with each call: a module is loaded
 *   once for all workflows.
 */
export const activitiesOn = <Activities>(
  queue: TaskQueue,
  options: Omit<ActivityOptions, 'taskQueue'>,
): ActivityInterfaceFor<Activities> =>
  proxyActivities<Activities>({
    ...options,
    get taskQueue() {
      return taskQueueBeside(workflowInfo().taskQueue, queue)
    },
  })
