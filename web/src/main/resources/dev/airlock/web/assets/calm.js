// Swaps pages in calmly, and sends each request of htmx with the form's token. Whoever holds on to something of the
// page listens to "airlock:swapped" on the document.
// Swaps in what changed and leaves the rest alone, so that nothing flickers, loses focus or scrolls. What has an id is
// the same thing wherever it stands; of the rest, what stands at the same place.
const same = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && (a.id || "") === (b.id || "");
const isInUse = within => [...within.querySelectorAll("input[type=search], input[type=text], textarea")].some(field => field.value !== field.defaultValue);
const keeps = (from, name) =>
  (name === "open" && from.matches("details, dialog")) || ("reach" in from.dataset && (name === "tabindex" || name === "data-reach"));
const morph = (from, to) => {
  if (from.nodeType !== Node.ELEMENT_NODE) {
    if (from.nodeValue !== to.nodeValue) from.nodeValue = to.nodeValue;
    return;
  }
  if (from.isEqualNode(to)) return;
  // What lives by itself is left alone as long as it is the same thing, or somebody has typed something into it; then
  // it makes room for the other one.
  if (from.dataset.keep) {
    if (from.dataset.keep !== to.dataset.keep && !isInUse(from)) from.replaceWith(to);
    return;
  }
  // Whoever is writing a reason votes on what they have looked at: if that has changed, they are told when they send it.
  if (from.matches("input[name=digest]") && [...from.form.querySelectorAll("textarea")].some(field => field.value.trim())) return;
  for (const {name} of [...from.attributes]) if (!to.hasAttribute(name) && !keeps(from, name)) from.removeAttribute(name);
  for (const {name, value} of [...to.attributes]) if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  if (from.matches("input, textarea, select")) return;
  morphChildren(from, to);
};
const morphChildren = (from, to) => {
  const coming = [...to.childNodes];
  const wanted = new Set(coming.map(node => node.id).filter(Boolean));
  let old = from.firstChild;
  for (const fresh of coming) {
    // What has an id that is not wanted any more is in nobody's way.
    while (old && old.id && !wanted.has(old.id)) {
      const next = old.nextSibling;
      old.remove();
      old = next;
    }
    if (fresh.id && old && old.id !== fresh.id) old = ahead(old, fresh, wanted);
    if (old && same(old, fresh)) {
      const next = old.nextSibling;
      wanted.delete(old.id);
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
// Goes on to the one of the same id, where it stands further down; what stands between is gone, or comes later.
const ahead = (old, fresh, wanted) => {
  let found = old;
  while (found && !(found.id === fresh.id && same(found, fresh))) found = found.nextSibling;
  if (!found) return old;
  while (old !== found) {
    const next = old.nextSibling;
    if (old.id && wanted.has(old.id)) found.after(old);
    else old.remove();
    old = next;
  }
  return found;
};

// A part that is fetched is read as if there were no script: what is meant for that case would be fields like others,
// unseen, and a form with one that is required could never be sent.
const withoutNoscript = part => {
  part.querySelectorAll("noscript").forEach(one => one.remove());
  return part;
};
withoutNoscript(document);
document.addEventListener("htmx:afterSwap", () => withoutNoscript(document));
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
      if (fresh) morph(target, withoutNoscript(fresh));
      document.dispatchEvent(new Event("airlock:swapped"));
      return [target];
    },
  });
}
