// A stream of bits with Elias gamma and Rice codes, most significant bit first.

import { damaged } from "./lines.js";

/** No number of a list has more bits: lots and units have 24, places over all lots fit in 48. */
const WIDEST = 48;

/** Takes codes off *data*; every method throws where the bits end too early or say what cannot be. */
export class Bits {
  /** @param {Uint8Array} data */
  constructor(data) {
    this.data = data;
    this.at = 0;
    this.end = data.length * 8;
  }

  bit() {
    if (this.at >= this.end) throw damaged();
    const found = (this.data[this.at >> 3] >> (7 - (this.at & 7))) & 1;
    this.at++;
    return found;
  }

  /** @param {number} width up to 48, so that a number of JavaScript holds it */
  fixed(width) {
    if (this.at + width > this.end) throw damaged();
    let found = 0;
    for (let left = width; left > 0; ) {
      const offset = this.at & 7;
      const take = Math.min(8 - offset, left);
      const part = (this.data[this.at >> 3] >> (8 - offset - take)) & ((1 << take) - 1);
      found = found * (1 << take) + part;
      this.at += take;
      left -= take;
    }
    return found;
  }

  gamma() {
    let zeros = 0;
    while (!this.bit()) if (++zeros > WIDEST) throw damaged();
    return 2 ** zeros + this.fixed(zeros);
  }

  /**
   * *count* ascending places below *end*, from their gaps in Rice code.
   *
   * @param {number} count
   * @param {number} k
   * @param {number} end
   */
  places(count, k, end) {
    if (count * (k + 1) > this.end - this.at) throw damaged(); // before room is made for them
    const found = new Float64Array(count);
    const step = 2 ** k;
    let place = 0;
    for (let at = 0; at < count; at++) {
      let quotient = 0;
      while (this.bit()) quotient++;
      place += quotient * step + this.fixed(k);
      if (place >= end) throw damaged();
      found[at] = place++;
    }
    return found;
  }

  /** Nothing may follow but the zeros that fill the last byte. */
  finish() {
    if (this.end - this.at > 7) throw damaged();
    while (this.at < this.end) if (this.bit()) throw damaged();
  }
}
