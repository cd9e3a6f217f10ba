/**
 * What runs, in a query for workflows. By `ExecutionStatus = 'Running'` the embedded server would look
 * through all that run, so through every open ticket, whatever else the query names.
 */
export const NOT_ENDED = 'CloseTime IS NULL'
