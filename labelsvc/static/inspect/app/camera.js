// The camera: frames go to the reader one after another until it is stopped.

import { reader } from "./reader.js";

/** Milliseconds between two looks: an old phone must not get hot. */
const PAUSE = 80;
/** The same code is not told again while it stays before the camera. */
const QUIET = 2500;

export class Camera {
  /**
   * @param {HTMLVideoElement} video
   * @param {(text: string, taken: number) => void} onCode code, and when its frame was taken
   */
  constructor(video, onCode) {
    this.video = video;
    this.onCode = onCode;
    /** @type {MediaStream | null} */
    this.stream = null;
    this.last = { text: "", at: 0 };
  }

  get on() {
    return this.stream !== null;
  }

  /** @throws {DOMException} NotAllowedError, NotFoundError, NotReadableError */
  async start() {
    const wanted = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } };
    this.stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
    this.video.srcObject = this.stream;
    await this.video.play();
    void this.look(this.stream);
  }

  stop() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.video.srcObject = null;
  }

  /** Whether the lamp can be switched. */
  get hasTorch() {
    const able = /** @type {any} */ (this.stream?.getVideoTracks()[0]?.getCapabilities?.());
    return Boolean(able?.torch);
  }

  /** @param {boolean} lit */
  async torch(lit) {
    const constraint = /** @type {any} */ ({ advanced: [{ torch: lit }] });
    await this.stream?.getVideoTracks()[0]?.applyConstraints(constraint);
  }

  /** @param {MediaStream} stream */
  async look(stream) {
    const read = await reader();
    while (this.stream === stream) {
      const taken = performance.now();
      if (this.video.readyState >= 2) {
        for (const text of await read(this.video).catch(() => [])) this.tell(text, taken);
      }
      await new Promise((done) => setTimeout(done, PAUSE));
    }
  }

  /**
   * @param {string} text
   * @param {number} taken
   */
  tell(text, taken) {
    const now = performance.now();
    const again = text === this.last.text && now - this.last.at < QUIET;
    this.last = { text, at: now };
    if (!again) this.onCode(text, taken);
  }
}
