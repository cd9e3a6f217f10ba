import { pino } from 'pino'

/** Structured log lines on stdout; secrets are removed wherever an object carries them. */
export const log = pino({
  level: process.env['LOG_LEVEL'] ?? 'info',
  base: null,
  redact: {
    paths: [
      '*.password',
      '*.pass',
      '*.auth',
      '*.token',
      '*.secret',
      '*.refreshToken',
      '*.accessToken',
      'req.headers.cookie',
      'req.headers.authorization',
    ],
    remove: true,
  },
})
