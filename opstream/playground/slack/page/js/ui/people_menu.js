// Who to be: the menu in the sidebar, and the first choice before a workspace opens.
import { html, useEffect, useRef, useState } from "../../vendor/preact-htm.js";
import { addressAs, become } from "../state/identity.js";
import { useStore } from "../state/store.js";
import { Icon } from "./icons.js";
import { nameOf } from "../state/authors.js";
import { Avatar } from "./people.js";
import { onMenuKeys, useFirstItem } from "./popover.js";
import { Snooze } from "./snooze.js";

const human = (people) => people.filter((p) => !p.is_bot);

function MenuPerson({ person, mine, onClose }) {
  const be = () => {
    onClose();
    become(person);
  };
  return html`<div class="people-row">
    <button type="button" role="menuitemradio" aria-checked=${String(mine)} class="menu-item" data-person=${person.name} onClick=${be}>
      <${Avatar} person=${person} size="small" />
      <span class="menu-words">${nameOf(person)}<small>${person.title}</small></span>
      ${mine && html`<${Icon} name="check" size=${16} />`}
    </button>
    <a role="menuitem" class="btn-ghost" href=${addressAs(person)} target="_blank" rel="noopener" title=${`Open a tab as ${nameOf(person)}`}
      aria-label=${`Open a tab as ${nameOf(person)}`}><${Icon} name="screen" size=${16} /></a>
  </div>`;
}

export function PeopleMenu({ onClose }) {
  const box = useRef();
  const people = useStore((s) => s.people);
  const me = useStore((s) => s.me);
  useFirstItem(box);
  return html`<div ref=${box} role="menu" aria-label="Who to be" class="menu menu-scroll" onKeyDown=${onMenuKeys}>
    <p class="menu-group">Be someone else in this tab, or open a tab as them</p>
    ${human(Object.values(people)).map((p) => html`<${MenuPerson} key=${p.id} person=${p} mine=${p.id === me.id} onClose=${onClose} />`)}
    <${Snooze} />
  </div>`;
}

function usePeople() {
  const [found, setFound] = useState({ people: [], problem: "" });
  useEffect(() => {
    fetch("/page-api/people")
      .then((response) => response.json())
      .then(({ people }) => setFound({ people: human(people), problem: "" }))
      .catch(() => setFound({ people: [], problem: "The playground does not answer yet. Reload this page in a moment." }));
  }, []);
  return found;
}

/** The page before anybody has said who they are. */
export function FirstChoice() {
  const { people, problem } = usePeople();
  return html`<main class="welcome">
    <div class="welcome-box">
      <span class="workspace-mark welcome-mark" aria-hidden="true"><${Icon} name="pulse" size=${32} /></span>
      <h1>OpStream playground</h1>
      <p>A simulation of a chat workspace on this machine. Each browser tab is a person of its own. Who would you like to be?</p>
      ${problem && html`<p role="alert">${problem}</p>`}
      <ul class="welcome-people">
        ${people.map((p) => html`<li key=${p.id}><button type="button" class="welcome-person" data-person=${p.name} onClick=${() => become(p)}>
          <${Avatar} person=${p} /><span class="menu-words"><strong>${nameOf(p)}</strong><small>${p.title}</small></span></button></li>`)}
      </ul>
    </div>
  </main>`;
}
