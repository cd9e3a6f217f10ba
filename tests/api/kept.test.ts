import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { before, describe, it } from 'node:test'
import ts from 'typescript'
import { openApiDocument } from '../../api/openapi.ts'

type Responses = Record<string, { content?: Record<string, { schema: { $ref?: string } }> }>
interface Route {
  operationId: string
  calls: readonly string[]
}

/**
 * These answer each ticket for itself: what is kept is in their lists.
 */
const namesWhatIsKept = ['changeTickets']

describe('an operation that sends a command to a ticket', () => {
  let described: Map<string, Responses>
  let routes: Route[]
  let sends: (name: string) => boolean

  before(async () => {
    const { paths } = (await openApiDocument()) as {
      paths: Record<string, Record<string, { operationId: string; responses: Responses }>>
    }
    described = new Map(
      Object.values(paths).flatMap((methods) =>
        Object.values(methods).map((one): [string, Responses] => [one.operationId, one.responses]),
      ),
    )
    const sources = fs
      .readdirSync('api', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => path.join('api', file))
    const read = sources.map(readSource)
    routes = read.flatMap((one) => one.routes)
    sends = reaching(new Map(read.flatMap((one) => one.functions)))
  })

  it('says that the command may be kept, and no other says it', () => {
    assert.ok(routes.length > 150, `${routes.length} routes were read`)
    for (const { operationId, calls } of routes.filter((one) => described.has(one.operationId))) {
      const keeps = described.get(operationId)?.['202']?.content?.['application/json']?.schema.$ref
      const may = calls.some(sends) && !namesWhatIsKept.includes(operationId)
      assert.equal(keeps, may ? '#/components/schemas/Kept' : undefined, operationId)
    }
  })

  it('that is known to be one is found to be one', () => {
    const found = routes.filter(({ calls }) => calls.some(sends)).map((one) => one.operationId)
    for (const operationId of ['createMessage', 'createTicket', 'changeTicket', 'createTask'])
      assert.ok(found.includes(operationId), operationId)
    assert.ok(!found.includes('createCategory'))
  })
})

/** What reaches a ticket's workflow, directly or through what it calls. */
function reaching(functions: Map<string, readonly string[]>): (name: string) => boolean {
  const known = new Set([EXECUTE])
  for (let before = 0; before < known.size;) {
    before = known.size
    for (const [name, calls] of functions) if (calls.some((one) => known.has(one))) known.add(name)
  }
  return (name) => known.has(name)
}
const EXECUTE = 'workflows.execute'

/** A file's functions and routes, each with what it calls: names with the file they stand in. */
function readSource(file: string): {
  functions: [string, string[]][]
  routes: Route[]
} {
  const source = ts.createSourceFile(
    file,
    fs.readFileSync(file, 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  )
  const imported = importsOf(source, file)
  const known = (name: string): string => imported.get(name) ?? `${file} ${name}`
  const functions: [string, string[]][] = []
  const routes: Route[] = []
  const visit = (node: ts.Node): void => {
    const named = functionOf(node)
    if (named) functions.push([known(named.name), callsIn(named.body, known)])
    const operationId = operationOf(node)
    if (operationId) routes.push({ operationId, calls: callsIn(node, known) })
    ts.forEachChild(node, visit)
  }
  visit(source)
  return { functions, routes }
}

const importsOf = (source: ts.SourceFile, file: string): Map<string, string> =>
  new Map(
    source.statements.filter(ts.isImportDeclaration).flatMap((one) => {
      const names = one.importClause?.namedBindings
      const from = (one.moduleSpecifier as ts.StringLiteral).text
      if (!names || !ts.isNamedImports(names) || !from.startsWith('.')) return []
      const target = path.join(path.dirname(file), from)
      return names.elements.map((name): [string, string] => [
        name.name.text,
        `${target} ${(name.propertyName ?? name.name).text}`,
      ])
    }),
  )

/** A function with a name; what registers routes calls nothing itself. */
function functionOf(node: ts.Node): { name: string; body: ts.Node } | undefined {
  if (ts.isFunctionDeclaration(node) && node.name && node.body)
    return /Routes$/.test(node.name.text) ? undefined : { name: node.name.text, body: node.body }
  if (
    ts.isVariableDeclaration(node) &&
    ts.isIdentifier(node.name) &&
    node.initializer &&
    ts.isArrowFunction(node.initializer)
  )
    return { name: node.name.text, body: node.initializer }
  return undefined
}

function operationOf(node: ts.Node): string | undefined {
  if (!ts.isCallExpression(node) || !/^api\.\w+$/.test(node.expression.getText())) return undefined
  return /operationId: '(\w+)'/.exec(node.getText())?.[1]
}

function callsIn(node: ts.Node, known: (name: string) => string): string[] {
  const calls: string[] = []
  const visit = (inner: ts.Node): void => {
    if (ts.isCallExpression(inner)) {
      const called = inner.expression
      if (ts.isIdentifier(called)) calls.push(known(called.text))
      else if (/\bworkflows\.execute$/.test(called.getText())) calls.push(EXECUTE)
      // A function that is handed on may be called there.
      calls.push(...inner.arguments.filter(ts.isIdentifier).map((one) => known(one.text)))
    }
    ts.forEachChild(inner, visit)
  }
  visit(node)
  return calls
}
