/** Values on a command line → numbers and names. Each function throws InputError that names the option. */
import { InputError } from "../../src/terms/errors.ts";

export function countOf(given: string, option: string): number {
  if (/^[1-9]\d{0,8}$/.test(given)) return Number(given);
  throw new InputError(`${option} ${given} is no count. Give a whole number above 0.`);
}

/** Infinity when no limit was given. */
export function limitOf(given: string | undefined, option: string): number {
  return given === undefined ? Number.POSITIVE_INFINITY : countOf(given, option);
}

/** Whole numbers of at least `least`, each once; none when nothing was given. */
export function numbersOf(given: string | undefined, option: string, least: number): number[] {
  if (given === undefined) return [];
  const numbers = partsOf(given).map((part) => {
    if (/^\d{1,9}$/.test(part) && Number(part) >= least) return Number(part);
    throw new InputError(
      `${option} ${given}: "${part}" is no whole number of at least ${least}. Give some, as 1,3,5.`,
    );
  });
  return [...new Set(numbers)];
}

export function nameOf<T extends string>(given: string, option: string, known: readonly T[]): T {
  const name = known.find((one) => one === given);
  if (name !== undefined) return name;
  throw new InputError(`${option} ${given} is not known. Known are ${known.join(", ")}.`);
}

/** Some of `known`, in the order given, each once. */
export function namesOf<T extends string>(given: string, option: string, known: readonly T[]): T[] {
  return [...new Set(partsOf(given).map((part) => nameOf(part, option, known)))];
}

export function shareOf(given: string, option: string): number {
  const share = Number(given);
  if (share > 0 && share < 1) return share;
  throw new InputError(`${option} ${given} is no share. Give a number between 0 and 1.`);
}

export function seedOf(given: string, option: string): number {
  if (/^\d{1,9}$/.test(given)) return Number(given);
  throw new InputError(`${option} ${given} is no seed. Give a whole number of at most nine digits.`);
}

function partsOf(given: string): string[] {
  return given.split(",").map((part) => part.trim());
}
