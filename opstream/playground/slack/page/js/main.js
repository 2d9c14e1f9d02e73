// Starts the page.
import { html, render } from "../vendor/preact-htm.js";
import { begin } from "./state/identity.js";
import { follow, watchWindow } from "./state/sight.js";
import { onFrame } from "./state/socket.js";
import { App } from "./ui/app.js";
import { apply, kept } from "./ui/theme.js";

apply(kept());
onFrame(follow);
watchWindow();
const known = await begin().catch(() => false);
render(html`<${App} known=${known} />`, document.getElementById("root"));
