import { area } from '../http/area.ts'
import { departmentRoutes } from './department-routes.ts'
import { meRoutes } from './me-routes.ts'
import { sessionRoutes } from './session-routes.ts'
import { setupRoutes } from './setup-routes.ts'
import { tokenRoutes } from './token-routes.ts'
import { userRoutes } from './user-routes.ts'

/** Users, departments, sign-in, API tokens. */
export const people = area('People', 'Users, departments, sign-in, API tokens.', [
  sessionRoutes,
  meRoutes,
  tokenRoutes,
  setupRoutes,
  userRoutes,
  departmentRoutes,
])
