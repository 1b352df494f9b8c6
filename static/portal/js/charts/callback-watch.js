/* Dash tells nobody of a failed callback: its requests are watched here. */

import { showLoginExpired } from "../login-expired.js";
import { setBusy, showFailure } from "./status.js";

const CALLBACK = "_dash-update-component";

/**
 * A fetch that calls `onFailure` with the status of a callback's failure, or with none when the
 * server was not reached, and then tells Dash that nothing changed.
 * @param {typeof fetch} send
 * @param {(status?: number) => void} onFailure
 * @returns {typeof fetch}
 */
export function watchCallbacks(send, onFailure) {
  return async (...request) => {
    const url = request[0]?.url ?? String(request[0]);
    if (!url.includes(CALLBACK)) {
      return send(...request);
    }
    let response;
    try {
      response = await send(...request);
    } catch (error) {
      onFailure();
      throw error;
    }
    if (response.ok) {
      return response;
    }
    onFailure(response.status);
    return new Response(null, { status: 204 });
  };
}

function report(status) {
  if (status === 401) {
    setBusy(false);
    showLoginExpired();
  } else {
    showFailure(status ? `The server answered ${status}.` : "The server could not be reached.");
  }
}

export function initCallbackWatch() {
  window.fetch = watchCallbacks(window.fetch, report);
}
