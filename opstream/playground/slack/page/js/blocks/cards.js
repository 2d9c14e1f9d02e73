// Blocks that frame others: alert, card, carousel, container.
import { html, useRef, useState } from "../../vendor/preact-htm.js";
import { Element, actionSlot } from "../elements/element.js";
import { RichText } from "../text/rich_text.js";
import { pictureOf } from "../text/spans.js";
import { Text } from "../text/mrkdwn_view.js";
import { Icon } from "../ui/icons.js";
import { Picture } from "./basic.js";

const LEVELS = {
  __proto__: null,
  default: { icon: "info", word: "Note" },
  info: { icon: "info", word: "Note" },
  success: { icon: "check", word: "Done" },
  warning: { icon: "alert", word: "Warning" },
  error: { icon: "cross", word: "Error" },
};

export function Alert({ block }) {
  const level = block.level in LEVELS ? block.level : "default";
  const { icon, word } = LEVELS[level];
  return html`<div class=${`alert alert-${level}`} role=${level === "error" ? "alert" : "note"}>
    <${Icon} name=${icon} /><span class="hidden">${word}: </span><div><${Text} of=${block.text} /></div>
  </div>`;
}

function CardIcon({ icon }) {
  const url = pictureOf(icon);
  return url ? html`<img class="card-icon" src=${url} alt=${icon.alt_text ?? ""} />` : null;
}

function CardHead({ block }) {
  if (!block.icon && !block.title && !block.subtitle) return null;
  return html`<div class="card-head">
    <${CardIcon} icon=${block.icon} />
    <div>
      ${block.title && html`<div class="card-title"><${Text} of=${block.title} inline /></div>`}
      ${block.subtitle && html`<div class="card-subtitle"><${Text} of=${block.subtitle} inline /></div>`}
    </div>
  </div>`;
}

export function Card({ block }) {
  return html`<div class="card" data-block-id=${block.block_id}>
    ${block.hero_image && html`<div class="card-hero"><${Picture} block=${block.hero_image} /></div>`}
    <${CardHead} block=${block} />
    ${block.body && html`<div class="card-body"><${Text} of=${block.body} /></div>`}
    ${block.actions?.length > 0 && html`<div class="actions">
      ${block.actions.map((element) => html`<${Element} key=${element.action_id} element=${element} slot=${actionSlot(block)} />`)}
    </div>`}
  </div>`;
}

export function Carousel({ block }) {
  const strip = useRef();
  const turn = (by) => strip.current.scrollBy({ left: by * strip.current.clientWidth * 0.8, behavior: "smooth" });
  return html`<div class="carousel" role="group" aria-label=${`${block.elements.length} cards`}>
    <div ref=${strip} class="carousel-strip" tabindex="0">${block.elements.map((card) => html`<${Card} block=${card} />`)}</div>
    ${block.elements.length > 1 && html`<div class="carousel-turn">
      <button type="button" class="btn btn-icon" aria-label="Earlier cards" onClick=${() => turn(-1)}><${Icon} name="chevronLeft" size=${16} /></button>
      <button type="button" class="btn btn-icon" aria-label="Later cards" onClick=${() => turn(1)}><${Icon} name="chevronRight" size=${16} /></button>
    </div>`}
  </div>`;
}

function ContainerHead({ block }) {
  return html`<${CardIcon} icon=${block.icon} />
    <span class="container-titles">
      <span class="card-title">${block.rich_text_title ? html`<${RichText} block=${block.rich_text_title} />` : html`<${Text} of=${block.title} inline />`}</span>
      ${block.subtitle && html`<span class="card-subtitle"><${Text} of=${block.subtitle} inline /></span>`}
    </span>`;
}

/** `draw` renders the child blocks; it is passed in, because blocks nest. */
export function Container({ block, draw }) {
  const [open, setOpen] = useState(!(block.is_collapsible && block.default_collapsed));
  const width = ["narrow", "standard", "wide", "full"].includes(block.width) ? block.width : "standard";
  const head = html`<${ContainerHead} block=${block} />`;
  return html`<div class=${`container container-${width} ${block.has_header_divider ? "container-ruled" : ""}`}>
    ${block.is_collapsible
      ? html`<button type="button" class="container-head" aria-expanded=${String(open)} onClick=${() => setOpen(!open)}>
          ${head}<${Icon} name=${open ? "chevronDown" : "chevronRight"} size=${16} /></button>`
      : html`<div class="container-head">${head}</div>`}
    ${open && html`<div class="container-body">${draw(block.child_blocks ?? [])}</div>`}
  </div>`;
}
