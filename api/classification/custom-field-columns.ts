/** The columns of custom fields `f`, as the API names them. */
export const customFieldColumns = [
  'f.id',
  'f.name',
  'f.kind',
  'f.choices',
  'f.required',
  'f.department_id as departmentId',
  'f.category_id as categoryId',
  'f.position',
] as const
