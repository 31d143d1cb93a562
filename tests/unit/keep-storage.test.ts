/** When the browser is asked to keep what is stored. */
import { afterEach, expect, test, vi } from "vitest";
import { keepStorage } from "../../src/app/memory/keep-storage.ts";
import type { BankChange } from "../../src/bank/bank.ts";

afterEach(() => vi.unstubAllGlobals());

test("asks once, when this tab has stored its first log", () => {
  const persist = vi.fn(() => Promise.resolve(false));
  vi.stubGlobal("navigator", { storage: { persist } });
  let change!: (change: BankChange) => void;
  keepStorage({ onBankChange: (listener) => (change = listener) });
  change({ type: "add", id: "a", remote: true });
  change({ type: "delete-all", remote: false });
  expect(persist).not.toHaveBeenCalled();
  change({ type: "add", id: "b", remote: false });
  change({ type: "add", id: "c", remote: false });
  expect(persist).toHaveBeenCalledTimes(1);
});
