// The everyday blocks: header, section, context, actions, divider, image, video, file, and the box for unknown ones.
import { html, useState } from "../../vendor/preact-htm.js";
import { Element, actionSlot } from "../elements/element.js";
import { Link, pictureOf } from "../text/spans.js";
import { Plain, Text } from "../text/mrkdwn_view.js";

export function Header({ block }) {
  return html`<h3 class="block-header"><${Text} of=${block.text} inline /></h3>`;
}

export function Section({ block }) {
  const { text, fields, accessory } = block;
  return html`<div class=${`section ${accessory ? "section-accessory" : ""}`}>
    <div class="section-main">
      ${text && html`<div class="section-text"><${Text} of=${text} /></div>`}
      ${fields && html`<div class="fields">${fields.map((field) => html`<div class="field-cell"><${Text} of=${field} /></div>`)}</div>`}
    </div>
    ${accessory && html`<div class="accessory"><${Element} element=${accessory} slot=${actionSlot(block)} /></div>`}
  </div>`;
}

export function Context({ block }) {
  return html`<div class="context">
    ${block.elements.map((element) =>
      element.type === "image"
        ? html`<img class="context-image" src=${pictureOf(element)} alt=${element.alt_text ?? ""} />`
        : html`<span class="context-text"><${Text} of=${element} inline /></span>`,
    )}
  </div>`;
}

export function Actions({ block }) {
  return html`<div class="actions" role="group" aria-label="Actions">
    ${block.elements.map((element) => html`<${Element} key=${element.action_id} element=${element} slot=${actionSlot(block)} />`)}
  </div>`;
}

export const Divider = () => html`<hr class="divider" />`;

/** A picture that does not load gives way to its words. */
export function Picture({ block }) {
  const [lost, setLost] = useState(false);
  const url = pictureOf(block);
  return html`<figure class="picture">
    ${block.title && html`<figcaption><${Text} of=${block.title} inline /></figcaption>`}
    ${lost || !url
      ? html`<span class="unknown">Picture: ${block.alt_text}</span>`
      : html`<img src=${url} alt=${block.alt_text ?? ""} loading="lazy" onError=${() => setLost(true)} />`}
  </figure>`;
}

export function Video({ block }) {
  return html`<p class="attachment"><${Link} url=${block.title_url ?? block.video_url}><${Text} of=${block.title} inline /><//>
    <small>Video${block.provider_name ? ` · ${block.provider_name}` : ""}</small></p>`;
}

export function File({ block }) {
  const { file } = block;
  const name = file?.title ?? file?.name ?? block.external_id ?? "File";
  return html`<p class="attachment"><${Link} url=${file?.permalink ?? file?.url_private}><${Plain} text=${name} /><//> <small>File</small></p>`;
}

export function Unknown({ block }) {
  return html`<div class="unknown" data-testid="unknown-block">This block type (${String(block.type)}) is not shown here</div>`;
}
