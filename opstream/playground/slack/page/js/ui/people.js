// How a person or a bot looks: the picture with initials, and the name.
import { html } from "../../vendor/preact-htm.js";
import { nameOf } from "../state/authors.js";
import { Icon } from "./icons.js";

const HEX = /^#[0-9a-f]{3,8}$/i;
function initialsOf(person) {
  if (person.initials !== undefined) return person.initials;
  return nameOf(person).split(/\s+/).slice(0, 2).map((word) => word[0]?.toUpperCase()).join("");
}

function paint(element, color) {
  if (element && HEX.test(color ?? "")) element.style.backgroundColor = color;
}

/** A rounded square in the person's colour; bots carry a drawing instead of initials. */
export function Avatar({ person, size = "medium" }) {
  const icon = person.is_app ? "pulse" : person.is_bot && "info";
  return html`<span class=${`avatar avatar-${size}`} ref=${(box) => paint(box, person.color)} aria-hidden="true">
    ${icon ? html`<${Icon} name=${icon} size=${size === "small" ? 14 : 22} />` : initialsOf(person)}
  </span>`;
}

/** A dot and, for screen readers, the word: connected or away. */
export function Presence({ here }) {
  return html`<span class=${`presence ${here ? "presence-here" : ""}`} title=${here ? "Connected" : "Away"}>
    <span class="hidden">${here ? "connected" : "away"}</span>
  </span>`;
}
