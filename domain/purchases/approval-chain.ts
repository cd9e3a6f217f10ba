import { reject, type Rejection } from '../command-rule.ts'
import { compare, readDecimal } from './money.ts'

/**
 * A rule of the settings: purchases of a department, in a currency, from an amount on, are approved
 * by its stages.
 */
export interface ApprovalRule {
  id: string
  /** Null: every department that has no rule of its own. */
  departmentId: string | null
  currency: string
  /** Decimal text; the total from which the rule holds, itself included. */
  fromAmount: string
}

/**
 * Which rule a purchase falls under: of its department's own rules in its currency the one with the
 * highest amount that the total reaches. A department without rules of its own falls under those
 * for everybody.
 * @param total decimal text in `currency`.
 * @returns the rule; null when no approval is asked for (no rule at all, or the total is below
 *   every amount); a rejection when there are rules but none in this currency, because another
 *   currency must not be a way around them.
 */
export function ruleFor<Rule extends ApprovalRule>(
  rules: readonly Rule[],
  { departmentId, currency, total }: { departmentId: string; currency: string; total: string },
): Rule | Rejection | null {
  const own = rules.filter((rule) => rule.departmentId === departmentId)
  const applicable = own.length > 0 ? own : rules.filter((rule) => rule.departmentId === null)
  if (applicable.length === 0) return null
  const inCurrency = applicable.filter((rule) => rule.currency === currency)
  if (inCurrency.length === 0)
    return reject(
      'purchase-currency-without-rule',
      `No approval rule covers purchases in ${currency}. Ask an admin to add one in Settings, or use another currency.`,
      { currency },
    )
  const reached = inCurrency
    .filter((rule) => compareText(rule.fromAmount, total) <= 0)
    .sort((a, b) => compareText(b.fromAmount, a.fromAmount))
  return reached[0] ?? null
}

/**
 * The rules that a purchase in several currencies falls under: each total for itself, never
 * converted.
 * @param totals one for each currency.
 * @returns the rules that are reached, none when no approval is asked for; a rejection as of
 *   `ruleFor`.
 */
export function rulesFor<Rule extends ApprovalRule>(
  rules: readonly Rule[],
  {
    departmentId,
    totals,
  }: { departmentId: string; totals: readonly { currency: string; amount: string }[] },
): Rule[] | Rejection {
  const reached: Rule[] = []
  for (const { currency, amount: total } of totals) {
    const rule = ruleFor(rules, { departmentId, currency, total })
    if (rule && 'code' in rule) return rule
    if (rule) reached.push(rule)
  }
  return reached
}

function compareText(a: string, b: string): number {
  const [x, y] = [readDecimal(a), readDecimal(b)]
  if (!x || !y)
    throw new RangeError(
      `The amounts “${a}” and “${b}” cannot be compared: one is no decimal number.`,
    )
  return compare(x, y)
}
