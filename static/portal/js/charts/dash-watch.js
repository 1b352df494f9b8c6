/* Dash tells nobody of a failed callback, or that it did not start: its requests are watched here. */

import { showLoginExpired } from "../login-expired.js";
import { setBusy, showFailure } from "./status.js";

const CALLBACK = "_dash-update-component";
/** What Dash asks for before it starts; without them it never does. */
const START = /_dash-(layout|dependencies)/;

/**
 * A fetch that calls `onFailure` with the status of a failure of Dash's, or with none when the
 * server was not reached, and with whether Dash was about to start. Of a callback that failed it
 * tells Dash that nothing changed.
 * @param {typeof fetch} send
 * @param {(status: number | undefined, isStart: boolean) => void} onFailure
 * @returns {typeof fetch}
 */
export function watchDash(send, onFailure) {
  return async (...request) => {
    const url = request[0]?.url ?? String(request[0]);
    const isStart = START.test(url);
    if (!isStart && !url.includes(CALLBACK)) {
      return send(...request);
    }
    let response;
    try {
      response = await send(...request);
    } catch (error) {
      onFailure(undefined, isStart);
      throw error;
    }
    if (response.ok) {
      return response;
    }
    onFailure(response.status, isStart);
    return isStart ? response : new Response(null, { status: 204 });
  };
}

/** @param {number} [status] none when the server was not reached */
export function showDashFailure(status) {
  if (status === 401) {
    setBusy(false);
    showLoginExpired();
  } else {
    showFailure(status ? `The server answered ${status}.` : "The server could not be reached.");
  }
}

function report(status, isStart) {
  if (isStart) {
    document.dispatchEvent(new CustomEvent("portal:dash-failed", { detail: { status } }));
  } else {
    showDashFailure(status);
  }
}

export function initDashWatch() {
  window.fetch = watchDash(window.fetch, report);
}
