/** Checks of single values of a task. Each throws InputError: the field, what was got, what was expected, the cure. */
import { InputError } from "../terms/errors.ts";

export function oneOf<T extends string>(field: string, value: unknown, known: readonly T[]): T {
  const found = known.find((one) => one === value);
  if (found !== undefined) return found;
  throw new InputError(
    `${field} is ${shown(value)}, expected one of ${known.join(", ")}. Choose one of them.`,
  );
}

export function wholeNumber(
  field: string,
  value: unknown,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new InputError(
    `${field} is ${shown(value)}, expected a whole number ${range}. Leave it out for the default.`,
  );
}

export function share(field: string, value: unknown): number {
  if (typeof value === "number" && value >= 0 && value <= 1) return value;
  throw new InputError(
    `${field} is ${shown(value)}, expected a number from 0 to 1. Leave it out for the default.`,
  );
}

export function flag(field: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new InputError(`${field} is ${shown(value)}, expected true or false. Leave it out for the default.`);
}

/** A value as messages quote it. */
export function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
