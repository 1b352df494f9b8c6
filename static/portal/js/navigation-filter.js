/**
 * Which labels contain what was typed, whatever its case; an empty filter fits all.
 * @param {string[]} labels
 * @param {string} typed
 * @returns {boolean[]}
 */
export function matchLabels(labels, typed) {
  const wanted = typed.trim().toLowerCase();
  return labels.map((label) => label.toLowerCase().includes(wanted));
}

function applyFilter(sidebar, typed) {
  let found = false;
  sidebar.querySelectorAll("section").forEach((section) => {
    const items = [...section.querySelectorAll("li")];
    const matches = matchLabels(items.map((item) => item.textContent), typed);
    items.forEach((item, index) => {
      item.hidden = !matches[index];
    });
    section.hidden = !matches.includes(true);
    found ||= !section.hidden;
  });
  sidebar.querySelector(".nav-no-match").hidden = found;
}

export function initNavigationFilter() {
  const sidebar = document.getElementById("nav-sidebar");
  const field = document.getElementById("nav-filter");
  if (!sidebar || !field) {
    return;
  }
  const update = () => applyFilter(sidebar, field.value);
  // The admin's own script filters on "change" and "keyup" by rules of its own; ours comes after.
  ["input", "change", "keyup"].forEach((name) => field.addEventListener(name, update));
  update();
}
