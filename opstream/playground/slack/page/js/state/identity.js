// Who this tab is: kept for the tab, and readable and settable in the address as `?as=ana`.
import { connect } from "./socket.js";
import { update } from "./store.js";

const KEY = "opstream-playground-person";
const asked = () => new URLSearchParams(location.search).get("as");

/** Return the address of the page as `person` sees it. */
export const addressAs = (person) => `${location.pathname}?as=${encodeURIComponent(person.name)}${location.hash}`;

/** Be `person` in this tab from now on. */
export function become(person) {
  sessionStorage.setItem(KEY, JSON.stringify({ id: person.id, name: person.name }));
  history.replaceState(null, "", addressAs(person));
  update((state) => ({ ...state, loaded: false, link: "connecting", me: person, views: [], drafts: {}, markers: {}, panel: null }));
  connect(person.id);
}

function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}

/** Begin as the one in the address, else the one of this tab; resolve with false when nobody is known. */
export async function begin() {
  const name = asked() ?? remembered()?.name;
  if (!name) return false;
  const { people } = await (await fetch("/page-api/people")).json();
  const wanted = name.toLowerCase();
  const person = people.find((p) => p.name.toLowerCase() === wanted || p.id === name);
  if (!person) return false;
  become(person);
  return true;
}
