// Swaps pages in calmly, and sends each request of htmx with the form's token. Whoever holds on to something of the
// page listens to "airlock:swapped" on the document.
// Swaps in what changed and leaves the rest alone, so that nothing flickers, loses focus or scrolls.
const same = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && (a.id || "") === (b.id || "");
const morph = (from, to) => {
  if (from.nodeType !== Node.ELEMENT_NODE) {
    if (from.nodeValue !== to.nodeValue) from.nodeValue = to.nodeValue;
    return;
  }
  if (from.isEqualNode(to)) return;
  // What lives by itself is left alone as long as it is the same thing.
  if (from.dataset.keep && from.dataset.keep === to.dataset.keep) return;
  // Whoever is writing a reason votes on what they have looked at: if that has changed, they are told when they send it.
  if (from.matches("input[name=digest]") && [...from.form.querySelectorAll("textarea")].some(field => field.value.trim())) return;
  for (const {name} of [...from.attributes]) if (!to.hasAttribute(name) && !(name === "open" && from.matches("details")) && !("reach" in from.dataset && (name === "tabindex" || name === "data-reach"))) from.removeAttribute(name);
  for (const {name, value} of [...to.attributes]) if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  if (from.matches("input, textarea, select")) return;
  let old = from.firstChild;
  for (const fresh of [...to.childNodes]) {
    if (old && same(old, fresh)) {
      const next = old.nextSibling;
      morph(old, fresh);
      old = next;
    } else {
      from.insertBefore(fresh, old);
    }
  }
  while (old) {
    const next = old.nextSibling;
    old.remove();
    old = next;
  }
};

document.addEventListener("htmx:configRequest", event => {
  const token = document.querySelector("meta[name=csrf-token]");
  if (token && token.content) event.detail.headers["X-CSRF-Token"] = token.content;
});
if (window.htmx) {
  htmx.defineExtension("calm", {
    isInlineSwap: style => style === "calm",
    handleSwap: (style, target, fragment) => {
      if (style !== "calm") return false;
      const fresh = fragment.nodeType === Node.DOCUMENT_FRAGMENT_NODE ? fragment.firstElementChild : fragment;
      if (fresh) morph(target, fresh);
      document.dispatchEvent(new Event("airlock:swapped"));
      return [target];
    },
  });
}
