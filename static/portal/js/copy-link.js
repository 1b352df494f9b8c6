/* Copies the address, with its filters. */

const CONFIRMATION_MS = 2000;

/** Without the clipboard API (plain http on another host): the way before it. */
function copyBySelection(text) {
  const focused = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
  focused.focus();
}

async function copyAddress(button) {
  const label = button.querySelector("span");
  button.dataset.label ??= label.textContent;
  try {
    await navigator.clipboard.writeText(location.href);
  } catch {
    copyBySelection(location.href);
  }
  label.textContent = button.dataset.done;
  setTimeout(() => {
    label.textContent = button.dataset.label;
  }, CONFIRMATION_MS);
}

export function initCopyLink() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy-link]");
    if (button) {
      copyAddress(button);
    }
  });
}
