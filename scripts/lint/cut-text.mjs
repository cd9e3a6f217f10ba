// A lint rule: a text is cut by `cut` of domain/cut.ts, which leaves no half characters. What looks
// for a place first (`slice(0, at)`) and the digits of times and hashes (a number below 20) are no
// cuts of texts that people wrote.
import ts from 'typescript'

const LIMIT = /^(most|longest|length$|[A-Z][A-Z_]+$)/

/** @type {import('eslint').Rule.RuleModule} */
export const cutText = {
  meta: { type: 'problem', fixable: 'code', schema: [] },
  create(context) {
    if (context.filename.endsWith('domain/cut.ts')) return {}
    const services = context.sourceCode.parserServices
    return {
      CallExpression(node) {
        const { callee, arguments: given } = node
        if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return
        if (!['slice', 'substring', 'substr'].includes(callee.property.name)) return
        const [from, most] = given
        if (from?.type !== 'Literal' || from.value !== 0 || !most || !isLimit(most)) return
        if (services?.getTypeAtLocation && !isText(services.getTypeAtLocation(callee.object)))
          return
        context.report({
          node,
          message: 'Cut texts with `cut` of domain/cut.ts: this may leave half a character.',
          fix: callee.optional
            ? null
            : (fixer) =>
                fixer.replaceText(
                  node,
                  `cut(${context.sourceCode.getText(callee.object)}, ${context.sourceCode.getText(most)})`,
                ),
        })
      },
    }
  },
}

/** @param {import('estree').Node} node */
const isLimit = (node) =>
  (node.type === 'Literal' && typeof node.value === 'number' && node.value >= 20) ||
  (node.type === 'BinaryExpression' && node.operator === '*') ||
  (node.type === 'Identifier' && LIMIT.test(node.name))

/**
 * @param {import('typescript').Type} type
 * @returns {boolean}
 */
const isText = (type) =>
  type.isUnion?.() ? type.types.some(isText) : (type.flags & ts.TypeFlags.StringLike) !== 0
