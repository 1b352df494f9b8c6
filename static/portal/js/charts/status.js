/* What a reader is told while and after the charts change. */

const body = () => document.getElementById("charts-body");
const failure = () => document.getElementById("charts-failed");

export function setBusy(isBusy) {
  body().classList.toggle("loading", isBusy);
  body().setAttribute("aria-busy", String(isBusy));
  body().querySelector(".kpis")?.classList.toggle("loading", isBusy);
}

/** @param {string} reason a sentence */
export function showFailure(reason) {
  setBusy(false);
  failure().querySelector("span").textContent = reason;
  failure().hidden = false;
}

export function hideFailure() {
  failure().hidden = true;
}

/** Says to screen readers that the charts show the new filters. */
export function announceUpdate() {
  const status = document.getElementById("charts-status");
  status.textContent = "";
  status.textContent = status.dataset.done;
}
