/* The search over everything: a dialog with a combobox, whose options the server finds. */

import { debounce } from "./debounce.js";
import { nextIndex } from "./menus.js";
import { filtersOf } from "./page-state.js";
import { isShortcut } from "./shortcuts.js";

const TYPING_PAUSE_MS = 120;

/**
 * The option that a key moves to; -1 is none.
 * @param {string} key
 * @param {number} index the option chosen now, -1 for none
 * @param {number} count
 * @returns {number | undefined} undefined for keys that belong to the field
 */
export function nextOption(key, index, count) {
  if (!count || !["ArrowDown", "ArrowUp"].includes(key)) {
    return undefined;
  }
  return nextIndex(key, key === "ArrowUp" && index < 0 ? 0 : index, count);
}

/**
 * The parameters of a page filtered by one more thing: those of its form and of its address.
 * @param {string} search
 * @param {Iterable<[string, string]>} fields what the form of filters holds
 * @param {string} name
 * @param {string} value
 */
export function filteredSearch(search, fields, name, value) {
  const params = new URLSearchParams(filtersOf(search));
  [...fields].forEach(([field, text]) => params.set(field, text));
  params.set(name, value);
  [...params].filter(([field, text]) => !text || field === "page").forEach(([field]) => params.delete(field));
  return `?${params}`;
}

class SearchBox {
  constructor(dialog) {
    this.dialog = dialog;
    this.field = dialog.querySelector("[role=combobox]");
    this.list = dialog.querySelector("[role=listbox]");
    this.status = dialog.querySelector("[role=status]");
    this.filterHint = dialog.querySelector("[data-filter-hint]");
    this.index = -1;
    this.request = undefined;
    this.asked = undefined;
    this.finding = undefined;
    this.answered = "";
    this.findSoon = debounce(() => this.find(), TYPING_PAUSE_MS);
    this.field.addEventListener("input", () => this.findSoon());
    this.field.addEventListener("keydown", (event) => this.onKey(event));
    this.list.addEventListener("pointermove", (event) => this.onPoint(event));
    dialog.addEventListener("click", (event) => this.onClick(event));
    dialog.addEventListener("close", () => this.request?.abort());
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  /** The browser gives the focus back to where it was when the dialog closes. */
  open() {
    this.dialog.showModal();
    this.field.select();
    if (!this.isAnswered) {
      this.find();
    }
  }

  /** Whether what is shown was found for what is typed. */
  get isAnswered() {
    return this.answered === this.field.value;
  }

  show(typed, html) {
    this.answered = typed;
    this.list.innerHTML = html;
    this.status.textContent = this.list.querySelector("[data-found]")?.textContent ?? "";
    const found = this.options.length > 0;
    this.list.hidden = !found;
    this.field.setAttribute("aria-expanded", String(found));
    this.choose(found ? 0 : -1);
  }

  /** Finds what is typed; what is on its way already is not asked for again. */
  find() {
    const typed = this.field.value;
    if (this.asked !== typed || this.request.signal.aborted) {
      this.request?.abort();
      this.request = new AbortController();
      this.asked = typed;
      this.finding = this.ask(typed, this.request);
    }
    return this.finding;
  }

  async ask(typed, request) {
    if (!typed.trim()) {
      this.show(typed, "");
      return;
    }
    const url = new URL(this.dialog.dataset.search, location.href);
    url.searchParams.set("q", typed);
    try {
      const response = await fetch(url, { signal: request.signal, redirect: "error" });
      const html = await response.text();
      if (request.signal.aborted) {
        return;
      }
      if (response.ok) {
        this.show(typed, html);
      } else {
        this.fail(typed, "This could not be searched for. Enter tries it as a page.");
      }
    } catch {
      if (!request.signal.aborted) {
        this.fail(typed, "The search did not answer. Enter tries it as a page.");
      }
    }
  }

  /** Shows that nothing could be found; the same is asked again when it is typed again. */
  fail(typed, message) {
    this.show(typed, "");
    this.status.textContent = message;
    this.asked = undefined;
  }

  /** The address of the page filtered by what is chosen; empty where it has no such filter. */
  get filterAddress() {
    const { filter, filterValue } = this.options[this.index]?.dataset ?? {};
    const form = document.querySelector("form[data-filters]");
    return filter && form?.elements[filter]
      ? location.pathname + filteredSearch(location.search, new FormData(form), filter, filterValue)
      : "";
  }

  choose(index) {
    this.index = index;
    const { options } = this;
    this.filterHint.hidden = !this.filterAddress;
    options.forEach((option, place) => option.setAttribute("aria-selected", String(place === index)));
    if (index < 0) {
      this.field.removeAttribute("aria-activedescendant");
    } else {
      this.field.setAttribute("aria-activedescendant", options[index].id);
      options[index].scrollIntoView({ block: "nearest" });
    }
  }

  onKey(event) {
    const moved = nextOption(event.key, this.index, this.options.length);
    if (moved !== undefined) {
      event.preventDefault();
      this.choose(moved);
    } else if (event.key === "Enter" && this.index >= 0 && !event.isComposing) {
      event.preventDefault();
      this.onceAnswered(() => this.openChosen());
    } else if (event.key === "Tab" && !event.shiftKey && this.filterAddress) {
      event.preventDefault();
      this.onceAnswered(() => this.filterAddress && location.assign(this.filterAddress));
    }
  }

  /** Does something with what was found for what is typed, not for what was typed before. */
  async onceAnswered(action) {
    if (!this.isAnswered) {
      await this.find();
    }
    if (this.isAnswered && this.dialog.open) {
      action();
    }
  }

  openChosen() {
    if (this.index >= 0) {
      this.options[this.index].click();
    } else {
      this.field.form.requestSubmit();
    }
  }

  onPoint(event) {
    const index = this.options.indexOf(event.target.closest("[role=option]"));
    if (index >= 0 && index !== this.index) {
      this.choose(index);
    }
  }

  onClick(event) {
    // A click beside the box lands on the dialog itself.
    if (event.target === this.dialog || event.target.closest("[data-search-close], [role=option]")) {
      this.dialog.close();
    }
  }
}

export function initSearch() {
  const dialog = document.getElementById("search-box");
  if (!dialog) {
    return;
  }
  const box = new SearchBox(dialog);
  document.addEventListener("keydown", (event) => {
    if (isShortcut(event, "/") && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      box.open();
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-open-search]") && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      box.open();
    }
  });
}
