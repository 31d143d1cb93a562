/** Asks the browser, once there is a log to lose, not to clear this site's storage when space runs short. */
import type { Client } from "../../client/connect.ts";

/** Asks once, at the first log that this tab stores. A refusal changes nothing that a person could see or do. */
export function keepStorage(client: Pick<Client, "onBankChange">): void {
  let asked = false;
  client.onBankChange(({ type, remote }) => {
    if (asked || type !== "add" || remote) return;
    asked = true;
    navigator.storage
      ?.persist?.()
      .catch((error) => console.warn("Logs may be cleared by the browser:", error));
  });
}
