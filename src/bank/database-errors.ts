/** What the browser throws when storage fails → what a person can do about it. */
import { BankBlockedError, BankFullError, isNamed, messageOf } from "../terms/errors.ts";

/** An error of a transaction or of opening. What is not storage's fault comes back as it was. */
export function explain(error: unknown): unknown {
  if (isNamed(error, "QuotaExceededError")) {
    return new BankFullError(
      "The browser refused to store more; what was stored before is untouched and nothing new was stored. " +
        "Delete some logs, or free disk space, and ask again.",
      { cause: error },
    );
  }
  if (isNamed(error, "VersionError")) {
    return new BankBlockedError(
      "The bank was written by a newer version of this page than the one that is open. Reload the page.",
      { cause: error },
    );
  }
  if (isNamed(error, "InvalidStateError")) {
    return new BankBlockedError(
      "The connection to the bank is closed: another tab opened a newer version of it, or its data was cleared. " +
        "Reload the page.",
      { cause: error },
    );
  }
  // Among them AbortError, which elsewhere means that a person stopped the task.
  if (error instanceof DOMException) {
    return new BankBlockedError(
      `The browser does not let the bank be read or written (${messageOf(error)}). ` +
        "Allow site data for this page, leave private mode, or clear the site's data, and reload.",
      { cause: error },
    );
  }
  return error;
}

export function blockedByOtherTab(): BankBlockedError {
  return new BankBlockedError(
    "Another tab holds an older version of the bank open and did not let go of it. Close the other tabs of this page " +
      "and reload.",
  );
}

export function noDatabase(): BankBlockedError {
  return new BankBlockedError(
    "This browser gives the page no IndexedDB, so logs cannot be stored. Allow site data for this page or leave " +
      "private mode, and reload.",
  );
}
