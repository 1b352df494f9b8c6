/* A folded table shows its first rows in the order it is sorted by; all on demand. */
export function initTableFolding() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-show-all]");
    if (button) {
      const table = button.closest(".folded");
      table.classList.remove("folded");
      table.querySelector(".table-scroll").focus({ preventScroll: true });
      button.closest("p").remove();
    }
  });
}
