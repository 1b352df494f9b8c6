"use strict";
/*
 * The charts of a page. The server draws the page with its figures as JSON; Dash mounts an empty
 * graph a chart; this script puts each graph into its card and hands it its figure, so that no
 * callback runs at first. When the filters change it keeps the address, puts the filters into the
 * store "query", and the one callback gives new figures and, in the store "answer", the rest of
 * the page as HTML (`apply` below).
 */
{
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const body = document.getElementById("charts-body");
  const park = document.getElementById("charts-dash");
  const colours = read("charts-colours");
  const failed = document.getElementById("charts-failed");

  /* Themes: every colour of a figure has one partner in the other theme. */
  const seen = () => {
    const chosen = document.documentElement.dataset.theme;
    if (chosen === "dark" || chosen === "light") {
      return chosen;
    }
    return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  };
  const partners = {
    dark: new Map(colours),
    light: new Map(colours.map(([light, dark]) => [dark, light])),
  };
  const recolour = (value, to) => {
    if (typeof value === "string") {
      const style = /(color:)(#[\da-f]{6})/g;
      return partners[to].get(value) ?? value.replace(style, (_, name, colour) => name + (partners[to].get(colour) ?? colour));
    }
    if (Array.isArray(value)) {
      return value.map((item) => recolour(item, to));
    }
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, recolour(item, to)]));
    }
    return value;
  };

  let figures = read("charts-figures");
  let theme = "light";
  const slots = () => document.querySelectorAll(".slot");
  const graph = (slug) => document.querySelector(`#graph-${CSS.escape(slug)} .js-plotly-plot`);
  /* Some charts can be drawn in another way, which comes along; the reader's choice is kept. */
  const posed = new Set();
  const pose = (slug, figure) => (posed.has(slug) && figure.layout.meta?.other) || figure;
  const give = (slug, figure) => dash_clientside.set_props(`graph-${slug}`, { figure: pose(slug, figure) });
  const press = () =>
    document.querySelectorAll("[data-pose]").forEach((button) => {
      const other = posed.has(button.closest("[data-card]").dataset.card);
      button.setAttribute("aria-pressed", String((button.dataset.pose === "1") === other));
    });
  const wear = (wanted) => {
    if (wanted !== theme) {
      figures = recolour(figures, wanted);
      theme = wanted;
    }
  };

  /* Each graph into its card; those without a card wait in the park. */
  const place = () => {
    const homes = new Map([...body.querySelectorAll("[data-chart]")].map((node) => [`slot-${node.dataset.chart}`, node]));
    slots().forEach((slot) => {
      const home = homes.get(slot.id);
      if (home) {
        home.querySelector(".skeleton")?.remove();
        home.append(slot);
      } else {
        park.append(slot);
      }
    });
  };
  /* A dot that is a session leads to its page. */
  const leads = () =>
    slots().forEach((slot) => {
      const drawn = slot.querySelector(".js-plotly-plot");
      if (drawn?.on && !drawn.dataset.leads) {
        drawn.dataset.leads = "yes";
        drawn.on("plotly_click", ({ points }) => {
          const session = points[0]?.customdata;
          if (typeof session === "string" && session) {
            location.href = body.dataset.sessions + encodeURIComponent(session).replaceAll("%2F", "/") + "/";
          }
        });
      }
    });
  const draw = () => Object.entries(figures).forEach(([slug, figure]) => give(slug, figure));

  /* Dash mounts in its own time. */
  const mounted = () =>
    new Promise((done) => {
      const look = () =>
        window.dash_clientside?.set_props && Object.keys(figures).every((slug) => document.getElementById(`slot-${slug}`));
      if (look()) {
        done();
        return;
      }
      const observer = new MutationObserver(() => {
        if (look()) {
          observer.disconnect();
          done();
        }
      });
      observer.observe(park, { childList: true, subtree: true });
    });
  Promise.all([mounted(), document.fonts.ready]).then(() => {
    wear(seen());
    place();
    draw();
    document.documentElement.dataset.charts = "drawn";
    setTimeout(leads, 500);
  });

  /* Asking for other filters. */
  let n = 0;
  let shown = location.search;
  const busy = (is) => {
    body.classList.toggle("loading", is);
    body.setAttribute("aria-busy", String(is));
    body.querySelector(".figures")?.classList.toggle("loading", is);
  };
  const redraw = () => {
    n += 1;
    shown = location.search;
    busy(true);
    failed.hidden = true;
    dash_clientside.set_props("query", { data: { n, search: location.search, theme: seen() } });
  };
  const go = (search) => {
    if (!window.dash_clientside?.set_props) {
      location.search = search;
      return;
    }
    if (search !== location.search) {
      history.pushState(null, "", location.pathname + search);
    }
    redraw();
  };
  const fail = (words) => {
    busy(false);
    failed.querySelector("span").textContent = words;
    failed.hidden = false;
  };

  /* What the callback answered. */
  const exchange = (html) => {
    const views = new Map([...body.querySelectorAll("[data-card]")].map((card) => [card.id, card.dataset.view]));
    slots().forEach((slot) => park.append(slot));
    body.innerHTML = html;
    place();
    body.querySelectorAll("[data-card]").forEach((card) => {
      const before = views.get(card.id);
      if (before && before !== card.dataset.view) {
        card.querySelector(`.menu-list [data-show="${before}"]`)?.click();
      }
    });
    body.dispatchEvent(new CustomEvent("portal:replaced", { bubbles: true }));
  };
  const apply = (answer, ...drawn) => {
    if (!answer || answer.n !== n) {
      return window.dash_clientside.no_update;
    }
    if (answer.error) {
      fail(answer.error);
      return answer.n;
    }
    const active = document.activeElement;
    const id = active?.id;
    const card = active?.closest?.("[data-card]")?.id;
    document.querySelector(".filter-bar").outerHTML = answer.fragments.filters;
    exchange(answer.fragments.body);
    document.querySelector("[data-lead]").textContent = answer.lead;
    document.querySelector("[data-scope]").textContent = answer.subtitle;
    body.dataset.query = answer.query;
    document.querySelectorAll("[data-videos-csv]").forEach((link) => {
      link.href = answer.videos_url;
      link.hidden = !answer.videos_url;
    });
    document.getElementById("login-expired").hidden = true;
    document.getElementById("charts-status").textContent = "";
    document.getElementById("charts-status").textContent = document.getElementById("charts-status").dataset.done;
    figures = Object.fromEntries(
      answer.charts.map((slug, place) => [slug, drawn[place]]).filter(([, figure]) => figure?.data?.length),
    );
    theme = answer.theme;
    if (seen() !== theme) {
      wear(seen());
      draw();
    }
    press();
    posed.forEach((slug) => figures[slug] && give(slug, figures[slug]));
    busy(false);
    leads();
    const again = (id && document.getElementById(id)) || (card && document.querySelector(`#${CSS.escape(card)} .menu > button`));
    if (again && again !== document.activeElement) {
      again.focus({ preventScroll: true });
    }
    return answer.n;
  };
  window.dash_clientside = Object.assign({}, window.dash_clientside, { portal: { apply } });

  /* Dash tells nobody of a failed callback: its requests are watched here. */
  const send = window.fetch;
  window.fetch = async (...request) => {
    const address = typeof request[0] === "string" ? request[0] : request[0].url;
    if (!address.includes("_dash-update-component")) {
      return send(...request);
    }
    try {
      const response = await send(...request);
      if (response.ok) {
        return response;
      }
      if (response.status === 401) {
        busy(false);
        document.dispatchEvent(new CustomEvent("portal:expired"));
      } else {
        fail(`The server answered ${response.status}.`);
      }
      /* To Dash: nothing changes. */
      return new Response(null, { status: 204 });
    } catch (error) {
      fail("The server could not be reached.");
      throw error;
    }
  };

  /* The form, the quick ranges, and every link to this page with other filters. */
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-filters]");
    if (!form) {
      return;
    }
    event.preventDefault();
    const said = [...new FormData(form)].filter(([, value]) => value !== "");
    go(`?${new URLSearchParams(said)}` === "?" ? "?start=" : `?${new URLSearchParams(said)}`);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-retry]")) {
      redraw();
      return;
    }
    const choice = event.target.closest("[data-pose]");
    if (choice) {
      const slug = choice.closest("[data-card]").dataset.card;
      posed[choice.dataset.pose === "1" ? "add" : "delete"](slug);
      press();
      give(slug, figures[slug]);
      return;
    }
    const link = event.target.closest(".filter-bar a[href], #charts-body a[href]");
    const plain = !event.defaultPrevented && event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !plain || link.hasAttribute("download") || link.target) {
      return;
    }
    const target = new URL(link.href);
    if (target.origin === location.origin && target.pathname === location.pathname && !target.hash) {
      event.preventDefault();
      go(target.search);
      if (link.closest("#charts-body")) {
        window.scrollTo({ top: 0 });
      }
    }
  });
  window.addEventListener("popstate", () => {
    if (location.search !== shown) {
      redraw();
    }
  });
  /* The address says which dates the page opened with, so that a copied link keeps them. */
  if (location.search === "" && body.dataset.query) {
    history.replaceState(null, "", location.pathname + body.dataset.query + location.hash);
    shown = location.search;
  }

  /* Another person has other sessions. */
  document.addEventListener("change", (event) => {
    if (event.target.matches("form[data-filters] [name=moderator]")) {
      const session = event.target.form.elements.session;
      if (session) {
        session.value = "";
      }
    }
  });

  /* Names too many for a list: suggestions for what was typed. */
  let typing;
  document.addEventListener("input", (event) => {
    const field = event.target.closest("[data-suggest]");
    if (!field) {
      return;
    }
    clearTimeout(typing);
    typing = setTimeout(async () => {
      const address = new URL(field.dataset.suggest, location.href);
      address.searchParams.set("q", field.value);
      const response = await fetch(address, { headers: { Accept: "application/json" } });
      if (response.ok && response.headers.get("Content-Type")?.includes("json")) {
        const { suggestions } = await response.json();
        field.list.replaceChildren(
          ...suggestions.map((value) => Object.assign(document.createElement("option"), { value })),
        );
      }
    }, 150);
  });

  /* A picture of a chart stands alone: title, scope and legend come along, on the card's ground. */
  const LETTER = 7;
  const LINE = 17;
  const plain = (words) => words.trim().replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const inLines = (parts, between, width) => {
    const lines = [];
    let room = 0;
    parts.forEach(({ html, letters }) => {
      room -= letters + between.length;
      if (room < 0) {
        lines.push([]);
        room = Math.floor(width / LETTER) - letters;
      }
      lines.at(-1).push(html);
    });
    return lines.map((line) => line.join(between));
  };
  const legendOf = (card) =>
    [...card.querySelectorAll(".legend li")].map((item) => {
      const swatch = item.querySelector(".swatch");
      const { backgroundColor, backgroundImage, borderTopColor, height } = getComputedStyle(swatch);
      const hatched = backgroundImage !== "none";
      const mark = parseFloat(height) < 5 ? "━" : hatched ? "▨" : "■";
      const words = item.textContent.trim().replace(/\s+/g, "\u00a0");
      return {
        html: `<span style="color:${hatched ? borderTopColor : backgroundColor}">${mark}</span>\u00a0${plain(words)}`,
        letters: words.length + 2,
      };
    });
  document.addEventListener("portal:picture", (event) => {
    const { slug, format } = event.detail;
    const drawn = graph(slug);
    if (!drawn) {
      return;
    }
    const card = drawn.closest("[data-card]");
    const ink = getComputedStyle(card.querySelector("h2")).color;
    const width = drawn.clientWidth;
    const scope = document.querySelector("[data-scope]").textContent.trim().split(/\s+/);
    const lines = [
      ...inLines(scope.map((word) => ({ html: plain(word), letters: word.length })), " ", width - 24),
      ...inLines(legendOf(card), "\u00a0\u00a0\u00a0", width - 24),
    ];
    const title = plain(card.querySelector("h2").textContent);
    const words = `<b>${title}</b>${lines.map((line) => `<br><span style="font-size:12px">${line}</span>`).join("")}`;
    const head = 44 + LINE * lines.length;
    const height = drawn.clientHeight + head;
    const { margin } = drawn.layout;
    Plotly.downloadImage(
      {
        data: drawn.data,
        layout: {
          ...drawn.layout,
          margin: { ...margin, t: head + margin.t },
          paper_bgcolor: getComputedStyle(card).backgroundColor,
          title: { text: words, x: 0, xanchor: "left", y: 1 - 18 / height, yanchor: "top", pad: { l: 12 }, font: { size: 15, color: ink } },
        },
      },
      {
        format,
        scale: format === "png" ? 2 : 1,
        width,
        height,
        filename: `${slug}${location.search.replace(/[^\w-]+/g, "-")}`,
      },
    );
  });

  /* Themes and paper. */
  document.addEventListener("portal:theme", () => {
    wear(seen());
    draw();
  });
  /* Paper is laid out without scripts, so the charts take their size on A4 landscape before. */
  const PAPER = { width: 1031, gap: 16, columns: 12, height: 200, inset: 18 };
  const widthOnPaper = (node) => {
    const card = node.closest(".stack") ?? node.closest("[data-card]");
    const span = Number(/span-(\d+)/.exec(card?.className)?.[1] ?? PAPER.columns);
    const column = (PAPER.width - PAPER.gap * (PAPER.columns - 1)) / PAPER.columns;
    return Math.floor(span * column + (span - 1) * PAPER.gap - PAPER.inset);
  };
  const paper = (printing) =>
    Object.entries(figures).forEach(([slug, figure]) => {
      const drawn = graph(slug);
      if (!drawn) {
        return;
      }
      const shown = pose(slug, printing && theme === "dark" ? recolour(figure, "light") : figure);
      const size = printing ? { width: widthOnPaper(drawn), height: PAPER.height, autosize: false } : {};
      Plotly.react(drawn, shown.data, { ...shown.layout, ...size });
    });
  window.addEventListener("beforeprint", () => paper(true));
  window.addEventListener("afterprint", () => paper(false));
}
