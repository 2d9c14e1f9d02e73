// The page's own line drawings, 20 by 20, in the colour of the text around them.
import { html } from "../../vendor/preact-htm.js";

const PATHS = {
  hash: "M7.5 3 6 17M14 3l-1.5 14M3.5 7.5h13.5M3 12.5h13.5",
  chevronDown: "m5.5 8 4.5 4.5L14.5 8",
  chevronRight: "m8 5.5 4.5 4.5L8 14.5",
  chevronLeft: "M12 5.5 7.5 10l4.5 4.5",
  arrowUp: "M10 16V4.5M5.5 9 10 4.5 14.5 9",
  arrowDown: "M10 4v11.5M5.5 11l4.5 4.5 4.5-4.5",
  close: "m5 5 10 10M15 5 5 15",
  menu: "M3.5 5.5h13M3.5 10h13M3.5 14.5h13",
  search: "M9 15a6 6 0 1 0 0-12 6 6 0 0 0 0 12ZM13.5 13.5 17 17",
  send: "M3.5 16.5 17 10 3.5 3.5l1.5 5.25L11 10l-6 1.25Z",
  thread: "M16.5 9.5a6.5 5.5 0 0 1-9.25 5L3.5 15.5l1-3.25a5.2 5.2 0 0 1-1-2.75 6.5 5.5 0 0 1 13 0ZM7.5 8.5h5M7.5 11h3",
  smile: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM7 11.5a3.4 3.4 0 0 0 6 0M7.7 7.8v.4M12.3 7.8v.4",
  dots: "M4.5 10h.01M10 10h.01M15.5 10h.01",
  eye: "M2.5 10S5 5 10 5s7.5 5 7.5 5-2.5 5-7.5 5-7.5-5-7.5-5ZM10 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z",
  check: "m4.5 10.5 3.5 3.5 7.5-8",
  circle: "M10 16.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13Z",
  alert: "M10 3 2.5 16.5h15L10 3ZM10 8.5v3.5M10 14.3v.01",
  info: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM10 9.5v4M10 6.5v.01",
  cross: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM7.5 7.5l5 5M12.5 7.5l-5 5",
  sun: "M10 13.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M15.7 4.3l-1.1 1.1M5.4 14.6l-1.1 1.1",
  moon: "M16.5 11.5A7 7 0 0 1 8.5 3.5a7 7 0 1 0 8 8Z",
  screen: "M3 4.5h14v9H3zM7 17h6M10 13.5V17",
  keys: "M2.5 5.5h15v9h-15zM5.5 8.5h.01M8.5 8.5h.01M11.5 8.5h.01M14.5 8.5h.01M6.5 11.8h7",
  home: "m3.5 9.5 6.5-6 6.5 6M5.5 8v8.5h9V8",
  people: "M7.5 9.5a2.75 2.75 0 1 0 0-5.5 2.75 2.75 0 0 0 0 5.5ZM2.5 16c0-2.75 2.25-4.5 5-4.5s5 1.75 5 4.5M13 4.3a2.6 2.6 0 0 1 0 5M14.5 11.7c1.8.5 3 2 3 4.3",
  trash: "M4 5.5h12M8 5.5V3.5h4v2M5.5 5.5l.75 11h7.5l.75-11M8.5 8.5v5M11.5 8.5v5",
  up: "M6.5 17H3.5V9h3zM6.5 15.8c2 1 4 1.2 6.5 1.2 1.5 0 2.3-.8 2.6-2l1-4c.3-1.3-.5-2.2-1.8-2.2H11.5c.8-2 .8-5.3-1-5.3-1 0-.8 1.8-1.5 3.2L6.5 9.5",
  down: "M13.5 3h3v8h-3zM13.5 4.2c-2-1-4-1.2-6.5-1.2-1.5 0-2.3.8-2.6 2l-1 4c-.3 1.3.5 2.2 1.8 2.2h3.3c-.8 2-.8 5.3 1 5.3 1 0 .8-1.8 1.5-3.2l2.5-2.8",
  pulse: "M2.5 10.5h3L8 4l4 12 2-5.5h3.5",
  sort: "M7 4v12M7 16l-3-3M7 16l3-3M13 16V4M13 4l-3 3M13 4l3 3",
};

/** An icon is decoration; the words stand beside it or in the label of its button. */
export function Icon({ name, size = 20 }) {
  return html`<svg class="icon" width=${size} height=${size} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
    <path d=${PATHS[name]} fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" />
  </svg>`;
}
