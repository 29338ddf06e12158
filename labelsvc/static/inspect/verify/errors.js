// What can be wrong with a code, and with what a verifier is given to believe.

/** A text that is no code of ours. `verdict` is the machine word of docs/trust.md, section 4. */
export class Refused extends Error {
  /**
   * @param {"MALFORMED" | "FOREIGN_HOST"} verdict
   * @param {string} [host]
   */
  constructor(verdict, host = "") {
    super(verdict);
    this.name = "Refused";
    this.verdict = verdict;
    /** The other host, for FOREIGN_HOST. */
    this.host = host;
  }
}

/** A manifest, head or list that must not be believed. */
export class TrustError extends Error {
  /**
   * @param {"damaged" | "unsigned" | "rollback" | "gap" | "host"} code
   * @param {string} [what]
   */
  constructor(code, what = "") {
    super(what ? `${code}: ${what}` : code);
    this.name = "TrustError";
    this.code = code;
  }
}
