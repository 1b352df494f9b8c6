/* The admin's search boxes (select2) do not take over the name of their field. */

function labelSelect(select) {
  const label = document.querySelector(`label[for="${select.id}"]`);
  const name = label?.textContent.replace(":", "").trim() ?? select.getAttribute("aria-label") ?? "Search";
  select.parentElement.querySelectorAll(".select2-selection, .select2-selection__rendered").forEach((node) => {
    node.removeAttribute("aria-labelledby");
    node.setAttribute("aria-label", name);
  });
}

export function initAutocompleteLabels() {
  const labelAll = () => document.querySelectorAll("select.admin-autocomplete").forEach(labelSelect);
  // In a task of its own, so that the admin's listeners of the same event have made the boxes.
  window.addEventListener("load", () => setTimeout(labelAll));
  document.addEventListener("formset:added", () => setTimeout(labelAll));
}
