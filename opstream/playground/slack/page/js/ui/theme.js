// Light, dark, or as the system has it; kept in this browser.
import { html, useState } from "../../vendor/preact-htm.js";
import { Icon } from "./icons.js";

const KEY = "opstream-playground-theme";
const ORDER = ["system", "light", "dark"];
const ICONS = { system: "screen", light: "sun", dark: "moon" };
const WORDS = { system: "as the system has it", light: "light", dark: "dark" };

export function kept() {
  const theme = localStorage.getItem(KEY);
  return ORDER.includes(theme) ? theme : "system";
}

export function apply(theme) {
  document.documentElement.dataset.theme = theme;
}

export function ThemeButton() {
  const [theme, setTheme] = useState(kept);
  const turn = () => {
    const next = ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length];
    localStorage.setItem(KEY, next);
    apply(next);
    setTheme(next);
  };
  const label = `Colours: ${WORDS[theme]}`;
  return html`<button type="button" class="top-button" aria-label=${label} title=${label} data-testid="theme" onClick=${turn}><${Icon} name=${ICONS[theme]} size=${18} /></button>`;
}
