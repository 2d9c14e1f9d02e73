// A dialog that keeps the focus inside until it is closed, and gives it back afterwards.
import { html, useLayoutEffect, useRef } from "../../vendor/preact-htm.js";

const FOCUSABLE =
  'a[href], button:not([disabled]), input:not([disabled]), select:not([disabled]), textarea:not([disabled]), [tabindex]:not([tabindex="-1"])';

const focusable = (box) => [...box.querySelectorAll(FOCUSABLE)].filter((e) => e.getClientRects().length > 0);

function firstFocus(box) {
  const wanted = box.querySelector("[data-autofocus]") ?? box.querySelector(".dialog-body input, .dialog-body textarea, .dialog-body button");
  (wanted ?? focusable(box).find((e) => !e.matches(".dialog-close")) ?? box).focus();
}

function turnAround(event, box) {
  const all = focusable(box);
  if (all.length === 0) return event.preventDefault();
  const edge = event.shiftKey ? all[0] : all.at(-1);
  if (document.activeElement !== edge && box.contains(document.activeElement)) return undefined;
  event.preventDefault();
  return (event.shiftKey ? all.at(-1) : all[0]).focus();
}

function giveBack(to) {
  const home = to?.isConnected ? to : document.querySelector(".composer textarea");
  home?.focus({ preventScroll: true });
}

function useFocusInside(box) {
  useLayoutEffect(() => {
    const before = document.activeElement;
    firstFocus(box.current);
    return () => giveBack(before);
  }, []);
}

/** `onClose` is called for Escape and, when `light`, for a press beside the dialog. */
export function Dialog({ label, labelledBy, onClose, light = false, className = "", role = "dialog", children, ...rest }) {
  const box = useRef();
  useFocusInside(box);
  const onKeyDown = (event) => {
    if (event.key === "Tab") turnAround(event, box.current);
    if (event.key === "Escape" && !event.defaultPrevented) {
      event.preventDefault();
      onClose();
    }
    event.stopPropagation();
  };
  const beside = (event) => light && event.target === event.currentTarget && onClose();
  return html`<div class="overlay" onMouseDown=${beside} onKeyDown=${onKeyDown}>
    <div ref=${box} class=${`dialog ${className}`} role=${role} aria-modal="true" tabindex="-1"
      aria-label=${label} aria-labelledby=${labelledBy} ...${rest}>${children}</div>
  </div>`;
}
