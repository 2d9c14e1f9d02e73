// A small box beside the button that opened it: menus, lists of a select, the emoji tray.
import { html, useEffect, useLayoutEffect, useRef } from "../../vendor/preact-htm.js";

const GAP = 4;
const EDGE = 8;

function beside(box, anchor, align) {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = box;
  const below = at.bottom + GAP + height <= innerHeight - EDGE || at.top < height + GAP + EDGE;
  const left = align === "right" ? at.right - width : at.left;
  box.style.minWidth = `${Math.max(at.width, 120)}px`;
  box.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - width - EDGE))}px`;
  box.style.top = `${Math.max(EDGE, below ? at.bottom + GAP : at.top - height - GAP)}px`;
}

/** A press elsewhere closes; a list that scrolls or a window that changes only moves the box. */
function useSurroundings(box, anchor, align, onClose) {
  useEffect(() => {
    const outside = (event) => {
      if (!box.current?.contains(event.target) && !anchor.current?.contains(event.target)) onClose();
    };
    const moved = (event) => {
      if (anchor.current && box.current && !box.current.contains(event.target)) beside(box.current, anchor.current, align);
    };
    document.addEventListener("mousedown", outside);
    document.addEventListener("scroll", moved, true);
    addEventListener("resize", moved);
    return () => {
      document.removeEventListener("mousedown", outside);
      document.removeEventListener("scroll", moved, true);
      removeEventListener("resize", moved);
    };
  }, [onClose]);
}

/** `anchor` is the ref of the button; Escape closes and gives the focus back to it. */
export function Popover({ anchor, onClose, align = "left", className = "", children }) {
  const box = useRef();
  useLayoutEffect(() => beside(box.current, anchor.current, align));
  useSurroundings(box, anchor, align, onClose);
  const onKeyDown = (event) => {
    if (event.key !== "Escape" && event.key !== "Tab") return;
    if (event.key === "Escape") event.preventDefault();
    event.stopPropagation();
    onClose();
    anchor.current?.focus();
  };
  return html`<div ref=${box} class=${`popover ${className}`} onKeyDown=${onKeyDown}>${children}</div>`;
}

/** Move the focus among the items of a menu with the arrow keys, Home and End. */
export function onMenuKeys(event) {
  const items = [...event.currentTarget.querySelectorAll('[role^="menuitem"], [role="option"]')];
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to === undefined || items.length === 0) return;
  event.preventDefault();
  items[(to + items.length) % items.length].focus();
}

/** Put the focus on the first item of a menu once it stands. */
export function useFirstItem(box) {
  useLayoutEffect(() => box.current?.querySelector('[role^="menuitem"]')?.focus(), []);
}
