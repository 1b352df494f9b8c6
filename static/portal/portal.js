"use strict";
/*
 * What every page shares: navigation, card menus, sorting, copying the link, folded
 * filters, the banner of an expired login. The theme switch is the admin's theme.js.
 *
 * Events for the charts, dispatched on the card and bubbling:
 *   portal:view     {slug, view}    the card shows "chart", "table" or "definition" now
 *   portal:picture  {slug, format}  somebody asked for the chart as "png" or "svg"
 *   portal:theme    {theme}         on document: "light" or "dark" is shown from now on
 * Dispatch "portal:expired" on document to show the banner of an expired login, and a
 * bubbling "portal:replaced" on an element whose HTML was exchanged.
 */
{
  const root = document.documentElement;
  const tell = (node, name, detail) =>
    node.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));

  /* Navigation: a column on wide screens, a drawer on phones. */
  const sidebar = document.getElementById("nav-sidebar");
  const column = document.getElementById("toggle-nav-sidebar");
  const opener = document.getElementById("open-navigation");
  if (sidebar && column) {
    sidebar.removeAttribute("aria-expanded");
    column.setAttribute("aria-expanded", String(root.dataset.nav !== "closed"));
    column.addEventListener("click", () => {
      const open = root.dataset.nav === "closed";
      root.dataset.nav = open ? "open" : "closed";
      column.setAttribute("aria-expanded", String(open));
      sidebar.removeAttribute("aria-expanded");
      window.dispatchEvent(new Event("resize"));
    });
  }
  if (sidebar && opener) {
    const drawer = (open) => {
      root.classList.toggle("drawer-open", open);
      opener.setAttribute("aria-expanded", String(open));
      if (open) {
        sidebar.querySelector("[aria-current], a")?.focus();
      } else if (sidebar.contains(document.activeElement)) {
        opener.focus();
      }
    };
    opener.addEventListener("click", () => drawer(!root.classList.contains("drawer-open")));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && root.classList.contains("drawer-open")) {
        drawer(false);
      }
    });
    document.addEventListener("click", (event) => {
      if (root.classList.contains("drawer-open") && !event.target.closest("#nav-sidebar, #open-navigation")) {
        drawer(false);
      }
    });
    sidebar.addEventListener("focusout", (event) => {
      if (root.classList.contains("drawer-open") && event.relatedTarget && !sidebar.contains(event.relatedTarget)) {
        drawer(false);
      }
    });
  }
  const filter = document.getElementById("nav-filter");
  if (sidebar && filter) {
    const apply = () => {
      const wanted = filter.value.trim().toLowerCase();
      let found = 0;
      sidebar.querySelectorAll("section").forEach((section) => {
        let here = 0;
        section.querySelectorAll("li").forEach((item) => {
          const match = item.textContent.toLowerCase().includes(wanted);
          item.hidden = !match;
          here += match ? 1 : 0;
        });
        section.hidden = here === 0;
        found += here;
      });
      sidebar.querySelector(".nav-nothing").hidden = found > 0;
    };
    ["input", "change", "keyup"].forEach((name) => filter.addEventListener(name, apply));
    apply();
  }

  /* Card menus: a button and a list, moved through with the arrow keys. */
  const closeMenu = (list, focus) => {
    const button = document.querySelector(`[aria-controls="${list.id}"]`);
    list.hidden = true;
    button.setAttribute("aria-expanded", "false");
    if (focus) {
      button.focus();
    }
  };
  const closeMenus = () =>
    document.querySelectorAll(".menu-list:not([hidden])").forEach((list) => closeMenu(list, false));
  const openMenu = (button, last) => {
    closeMenus();
    const list = document.getElementById(button.getAttribute("aria-controls"));
    list.hidden = false;
    button.setAttribute("aria-expanded", "true");
    const items = list.querySelectorAll("[role=menuitem]");
    items[last ? items.length - 1 : 0]?.focus();
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".menu > button");
    if (button) {
      if (button.getAttribute("aria-expanded") === "true") {
        closeMenus();
      } else {
        openMenu(button, false);
      }
    } else if (!event.target.closest(".menu-list")) {
      closeMenus();
    }
  });
  document.addEventListener("keydown", (event) => {
    const button = event.target.closest(".menu > button");
    if (button && ["ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      openMenu(button, event.key === "ArrowUp");
      return;
    }
    const list = event.target.closest(".menu-list");
    if (!list) {
      return;
    }
    const items = [...list.querySelectorAll("[role=menuitem]")];
    const at = items.indexOf(document.activeElement);
    const steps = { ArrowDown: at + 1, ArrowUp: at - 1 + items.length, Home: 0, End: items.length - 1 };
    if (event.key in steps) {
      event.preventDefault();
      items[steps[event.key] % items.length].focus();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      closeMenu(list, true);
    } else if (event.key === "Tab") {
      closeMenu(list, false);
    } else if (event.key.length === 1 && /\S/.test(event.key) && !event.ctrlKey && !event.metaKey) {
      const letter = event.key.toLowerCase();
      [...items.slice(at + 1), ...items.slice(0, at + 1)]
        .find((item) => item.textContent.trim().toLowerCase().startsWith(letter))
        ?.focus();
    }
  });

  /* A card as chart, as table, or with its definition. */
  const show = (card, view) => {
    const base = card.dataset.hasChart === "yes" ? "chart" : "table";
    const main = card.querySelector(".card-main");
    const state = card.querySelector(".card-body > .state");
    const table = card.querySelector(".card-table");
    const notes = card.querySelector(".card-notes");
    card.dataset.view = view;
    if (main) main.hidden = view === "definition" || (base === "chart" && view === "table");
    if (table) table.hidden = view !== "table";
    if (state) state.hidden = view === "definition";
    if (notes) notes.hidden = view === "definition";
    card.querySelector(".card-definition").hidden = view !== "definition";
    card.querySelector(".card-back").hidden = view === base;
    const words = card.querySelector("[data-subtitle]");
    words.dataset.chartWords ??= words.textContent;
    words.textContent = view === base ? words.dataset.chartWords : words.dataset[`${view}Words`];
    tell(card, "portal:view", { slug: card.dataset.card, view });
  };
  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-show], [data-picture], .menu-list a");
    const card = target?.closest("[data-card]");
    if (!card) {
      return;
    }
    const list = target.closest(".menu-list");
    if (list) {
      closeMenu(list, true);
    }
    if (target.dataset.show) {
      show(card, target.dataset.show);
      if (target.dataset.show === "definition" || target.dataset.show === "table") {
        card.querySelector(".card-back button").focus({ preventScroll: true });
      } else {
        card.querySelector(".menu > button")?.focus({ preventScroll: true });
      }
    } else if (target.dataset.picture) {
      tell(card, "portal:picture", { slug: card.dataset.card, format: target.dataset.picture });
    }
  });

  /* Tables: a click on a heading sorts by it; unknown values stay at the end. */
  const key = (row, column) => {
    const cell = row.cells[column];
    const raw = cell?.dataset.sort ?? cell?.textContent.trim() ?? "";
    if (raw === "" || raw === "—" || raw === "None") {
      return null;
    }
    return raw !== "" && !Number.isNaN(Number(raw)) ? Number(raw) : raw;
  };
  const compare = (a, b) =>
    typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en", { numeric: true });
  document.addEventListener("click", (event) => {
    const heading = event.target.closest("table.sortable thead th");
    if (!heading || !event.target.closest("button")) {
      return;
    }
    const column = heading.cellIndex;
    const body = heading.closest("table").tBodies[0];
    const first = heading.classList.contains("num") ? "descending" : "ascending";
    const other = first === "ascending" ? "descending" : "ascending";
    const order = heading.getAttribute("aria-sort") === first ? other : first;
    heading.parentElement.querySelectorAll("[aria-sort]").forEach((cell) => cell.removeAttribute("aria-sort"));
    heading.setAttribute("aria-sort", order);
    const sign = order === "ascending" ? 1 : -1;
    const rows = [...body.rows].map((row) => [key(row, column), row]);
    rows.sort(([a], [b]) => {
      if (a === null || b === null) {
        return (a === null) - (b === null);
      }
      return sign * compare(a, b);
    });
    body.append(...rows.map(([, row]) => row));
  });

  /* A folded table shows its first rows in the order it is sorted by; all on demand. */
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-unfold]");
    if (button) {
      const table = button.closest(".folded");
      table.classList.remove("folded");
      table.querySelector(".table-scroll").focus({ preventScroll: true });
      button.closest("p").remove();
    }
  });

  /* A table larger than its card can be scrolled with the keyboard too. */
  const widths = new ResizeObserver((entries) =>
    entries.forEach(({ target }) => {
      const scrolls =
        target.scrollWidth > target.clientWidth + 1 || target.scrollHeight > target.clientHeight + 1;
      const wanted = { tabindex: "0", role: "region", "aria-label": target.dataset.label };
      Object.entries(wanted).forEach(([name, value]) =>
        scrolls ? target.setAttribute(name, value) : target.removeAttribute(name),
      );
    }),
  );
  const watchWidths = (within) =>
    within.querySelectorAll(".table-scroll[data-label]").forEach((node) => widths.observe(node));
  watchWidths(document);
  document.addEventListener("portal:replaced", (event) => watchWidths(event.target));

  /* The admin's search boxes (select2) do not take over the name of their field. */
  const nameBoxes = () =>
    document.querySelectorAll("select.admin-autocomplete").forEach((select) => {
      const label = document.querySelector(`label[for="${select.id}"]`);
      const words = label?.textContent.replace(":", "").trim() ?? select.getAttribute("aria-label");
      select.parentElement
        .querySelectorAll(".select2-selection, .select2-selection__rendered")
        .forEach((node) => {
          node.removeAttribute("aria-labelledby");
          node.setAttribute("aria-label", words ?? "Search");
        });
    });
  window.addEventListener("load", () => setTimeout(nameBoxes));
  document.addEventListener("formset:added", () => setTimeout(nameBoxes));

  /* Copy the address, with its filters. */
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy-link]");
    if (!button) {
      return;
    }
    const words = button.querySelector("span");
    const before = button.dataset.words ?? words.textContent;
    button.dataset.words = before;
    try {
      await navigator.clipboard.writeText(location.href);
    } catch (error) {
      /* Without the clipboard API (plain http on another host): the old way. */
      const field = document.createElement("textarea");
      field.value = location.href;
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
      button.focus();
    }
    words.textContent = button.dataset.done;
    setTimeout(() => {
      words.textContent = before;
    }, 2000);
  });

  /* Dates read as on the rest of the page, whatever the browser's own order of day and month. */
  const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
  const tellDate = (field) => {
    const [year, month, day] = field.value.split("-").map(Number);
    field.dataset.shown = field.value ? `${day} ${MONTHS[month - 1]} ${year}` : "Any";
  };
  const tellDates = () => document.querySelectorAll(".filter-field input[type=date]").forEach(tellDate);
  if (CSS.supports("selector(::-webkit-datetime-edit)")) {
    tellDates();
    document.addEventListener("portal:replaced", tellDates);
    document.addEventListener("input", (event) => {
      if (event.target.matches(".filter-field input[type=date]")) {
        tellDate(event.target);
      }
    });
  }

  /* Filters fold on phones. */
  document.addEventListener("click", (event) => {
    const fold = event.target.closest(".filter-fold");
    if (fold) {
      fold.setAttribute("aria-expanded", String(fold.getAttribute("aria-expanded") !== "true"));
    }
  });

  /* The theme as it is seen, whether chosen or the system's. */
  const prefersDark = window.matchMedia("(prefers-color-scheme: dark)");
  const seen = () => {
    const chosen = root.dataset.theme;
    return chosen === "light" || chosen === "dark" ? chosen : prefersDark.matches ? "dark" : "light";
  };
  let theme = seen();
  const retheme = () => {
    if (seen() !== theme) {
      theme = seen();
      tell(document, "portal:theme", { theme });
    }
  };
  new MutationObserver(retheme).observe(root, { attributeFilter: ["data-theme"] });
  prefersDark.addEventListener("change", retheme);

  /* The login expired while the page was open. */
  document.addEventListener("portal:expired", () => {
    const banner = document.getElementById("login-expired");
    if (banner && banner.hidden) {
      const link = banner.querySelector("[data-login]");
      const target = new URL(link.href, location.href);
      target.searchParams.set("next", location.pathname + location.search);
      target.searchParams.set("expired", "1");
      link.href = target.href;
      banner.hidden = false;
    }
  });
}
