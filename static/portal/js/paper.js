/* What a sheet of paper says of its page: a redraw changes the address and the moment of the data. */

export function initPaper() {
  window.addEventListener("beforeprint", () => {
    const address = document.querySelector("[data-paper-address]");
    if (address) {
      address.textContent = window.location.href;
    }
  });
}
