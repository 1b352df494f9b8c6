/** Says something to screen readers; the same words again too. */
export function announce(text) {
  const status = document.getElementById("page-status");
  status.textContent = "";
  status.textContent = text;
}
