// The Home tab of the app.
import { html } from "../../vendor/preact-htm.js";
import { Blocks } from "../blocks/blocks.js";
import { SurfaceOf } from "../elements/surface.js";
import { useStore } from "../state/store.js";

export function Home() {
  const view = useStore((s) => s.home);
  const name = useStore((s) => s.app.name);
  return html`<div class="home" role="tabpanel" aria-label="Home" data-testid="home" tabindex="-1">
    ${view
      ? html`<div class="home-inner"><${SurfaceOf} base=${{ view_id: view.id }} blocks=${view.blocks} begun=${view.state?.values}><${Blocks} blocks=${view.blocks} /><//></div>`
      : html`<p class="home-empty">${name} is getting your Home ready. It appears here by itself.</p>`}
  </div>`;
}
