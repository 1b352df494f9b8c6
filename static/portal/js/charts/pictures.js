/* A picture of a chart stands alone: title, scope and legend come along, on the card's ground. */

import { graphOf } from "./graphs.js";

/** @typedef {{html: string, length: number}} Piece a piece of text; `length` in letters */

/** Pixels, of 12 px text. */
const LETTER_WIDTH = 7;
const LINE_HEIGHT = 17;
const TITLE_HEIGHT = 44;
const PADDING = 12;
const NO_BREAK_SPACE = "\u00a0";

/** Text as Plotly takes it, which reads some HTML. */
export function escapeText(text) {
  return text.trim().replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/**
 * Lines of pieces, each line about as wide as there is room.
 * @param {Piece[]} pieces
 * @param {string} separator
 * @param {number} width in pixels
 * @returns {string[]}
 */
export function wrapPieces(pieces, separator, width) {
  const lines = [];
  let room = 0;
  pieces.forEach(({ html, length }) => {
    room -= length + separator.length;
    if (room < 0) {
      lines.push([]);
      room = Math.floor(width / LETTER_WIDTH) - length;
    }
    lines.at(-1).push(html);
  });
  return lines.map((line) => line.join(separator));
}

/** The title of a picture as Plotly takes it: bold, with its lines below. */
export function titleText(title, lines) {
  const small = lines.map((line) => `<br><span style="font-size:12px">${line}</span>`);
  return `<b>${escapeText(title)}</b>${small.join("")}`;
}

/**
 * @param {string} slug
 * @param {string} search the filters, as in an address
 */
export function pictureName(slug, search) {
  return `${slug}${search.replace(/[^\w-]+/g, "-")}`;
}

/** The room that title and lines take above a chart, in pixels. */
export function headingHeight(lineCount) {
  return TITLE_HEIGHT + LINE_HEIGHT * lineCount;
}

function legendPieces(card) {
  return [...card.querySelectorAll(".legend li")].map((item) => {
    const style = getComputedStyle(item.querySelector(".swatch"));
    const isHatched = style.backgroundImage !== "none";
    const mark = parseFloat(style.height) < 5 ? "━" : isHatched ? "▨" : "■";
    const color = isHatched ? style.borderTopColor : style.backgroundColor;
    const label = item.textContent.trim().replace(/\s+/g, NO_BREAK_SPACE);
    return {
      html: `<span style="color:${color}">${mark}</span>${NO_BREAK_SPACE}${escapeText(label)}`,
      length: label.length + 2,
    };
  });
}

function scopePieces() {
  const words = document.querySelector("[data-scope]").textContent.trim().split(/\s+/);
  return words.map((word) => ({ html: escapeText(word), length: word.length }));
}

function pictureOf(graph, card) {
  const heading = card.querySelector("h2");
  const width = graph.clientWidth;
  const lines = [
    ...wrapPieces(scopePieces(), " ", width - 2 * PADDING),
    ...wrapPieces(legendPieces(card), NO_BREAK_SPACE.repeat(3), width - 2 * PADDING),
  ];
  const head = headingHeight(lines.length);
  const height = graph.clientHeight + head;
  const { margin } = graph.layout;
  const title = {
    text: titleText(heading.textContent, lines),
    x: 0,
    xanchor: "left",
    y: 1 - 18 / height,
    yanchor: "top",
    pad: { l: PADDING },
    font: { size: 15, color: getComputedStyle(heading).color },
  };
  return {
    width,
    height,
    figure: {
      data: graph.data,
      layout: {
        ...graph.layout,
        margin: { ...margin, t: head + margin.t },
        paper_bgcolor: getComputedStyle(card).backgroundColor,
        title,
      },
    },
  };
}

/** Saves the chart of a card as a file of a format: "png" or "svg". */
function downloadPicture(card, format) {
  const slug = card.dataset.card;
  const graph = graphOf(slug);
  if (!graph) {
    return;
  }
  const { figure, width, height } = pictureOf(graph, card);
  const scale = format === "png" ? 2 : 1;
  const filename = pictureName(slug, location.search);
  window.Plotly.downloadImage(figure, { format, scale, width, height, filename });
}

export function initPictures() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-picture]");
    if (button) {
      downloadPicture(button.closest("[data-card]"), button.dataset.picture);
    }
  });
}
