import { type ProblemError, unprocessable } from '../http/problem.ts'

/** @param pointer to the field that names the person. */
export const personNotFound = (pointer: string): ProblemError =>
  unprocessable('person-not-found', 'This person does not exist.', pointer)
