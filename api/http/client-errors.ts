import type net from 'node:net'
import { problemBody, ProblemError } from './problem.ts'

const tooLargeHead = new ProblemError(
  431,
  'head-too-large',
  'The head of this request is larger than Guichet takes. Send fewer or shorter fields.',
)
const tooSlow = new ProblemError(408, 'too-slow', 'The request did not arrive in time.')
const noHttp = new ProblemError(400, 'http-malformed', 'This is not a request of HTTP/1.1.')

const known: Record<string, ProblemError> = {
  HPE_HEADER_OVERFLOW: tooLargeHead,
  ERR_HTTP_REQUEST_TIMEOUT: tooSlow,
}

/** Answers what is no request at all, which never reaches a route, as every other error. */
export function answerClientError(error: Error & { code?: string }, socket: net.Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return
  const body = problemBody(known[error.code ?? ''] ?? noHttp)
  const text = JSON.stringify(body)
  socket.end(
    [
      `HTTP/1.1 ${body.status} ${body.title}`,
      'Content-Type: application/problem+json',
      `Content-Length: ${Buffer.byteLength(text)}`,
      'Connection: close',
      '',
      text,
    ].join('\r\n'),
  )
}
