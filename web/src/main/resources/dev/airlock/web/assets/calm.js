// Swaps pages in calmly, and sends each request of htmx with the form's token. Whoever holds on to something of the
// page listens to "airlock:swapped" on the document.
import {holds, words} from "./forms.js";

// Swaps in what changed and leaves the rest alone, so that nothing flickers, loses focus or scrolls. What has an id is
// the same thing wherever it stands; of the rest, what stands at the same place.
// A form that goes elsewhere is another one.
const goesTo = node => node.nodeName === "FORM" ? node.getAttribute("action") : null;
const same = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && (a.id || "") === (b.id || "") && goesTo(a) === goesTo(b);
const isInUse = within => [...within.querySelectorAll("input[type=search], input[type=text], textarea")].some(field => field.value !== field.defaultValue);
// What a form carries unseen, but for what is made anew each time.
const unseen = form => [...form.querySelectorAll("input[type=hidden]:not([name=csrf], [name=key])")].map(field => field.name + "=" + field.getAttribute("value")).join("\n");
const keeps = (from, name) =>
  name === "aria-busy" || name === "data-sent" ||
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
  // By its key the same form is known when it is sent twice; a key that changed between two clicks would start two runs.
  if (from.matches("input[name=key]") && from.form && to.form && !("left" in from.dataset) && unseen(from.form) === unseen(to.form)) return;
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
    while (old && isKept(old) && !wanted.has(old.id)) old = old.nextSibling;
    // What has an id that is not wanted any more is in nobody's way.
    while (old && old.id && !wanted.has(old.id)) {
      const next = old.nextSibling;
      drop(old);
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
    drop(old);
    old = next;
  }
};
// What somebody is writing stays where the form that it is for has gone, and so does a form that is on its way.
const isKept = node => node.nodeName === "FORM" && ("over" in node.dataset || stray.has(node));
const stray = new Set();
const drop = node => {
  const forms = node.nodeType !== Node.ELEMENT_NODE ? [] : [...(node.matches("form") ? [node] : node.querySelectorAll("form"))].filter(holds);
  forms.forEach(form => stray.add(form));
  if (forms[0] !== node) node.replaceWith(...forms);
};
// Stands the same form elsewhere now, then it has the words; otherwise they stay until whoever wrote them leaves.
const settle = () => {
  for (const form of stray) {
    if (!form.isConnected || "sent" in form.dataset) continue;
    const now = [...document.forms].find(other => other !== form && same(other, form) && !holds(other));
    if (now) {
      for (const field of [...form.elements].filter(field => field.name && field.matches(words))) {
        const other = now.elements.namedItem(field.name);
        if (other && "value" in other) other.value = field.value;
      }
      const details = now.closest("details");
      if (details) details.open = true;
      form.remove();
    } else if (!("over" in form.dataset)) {
      end(form);
    }
  }
  stray.clear();
};
const end = form => {
  form.dataset.over = "yes";
  for (const field of form.elements) {
    if (field.matches(words)) field.readOnly = true;
    else if (field.type !== "hidden") field.disabled = true;
  }
  const says = document.createElement("p");
  says.className = "note";
  says.setAttribute("role", "status");
  says.textContent = "This can't be answered any more; what you typed stays here until you leave.";
  form.append(says);
};
// Goes on to the one of the same id, where it stands further down; what stands between is gone, or comes later.
const ahead = (old, fresh, wanted) => {
  let found = old;
  while (found && !(found.id === fresh.id && same(found, fresh))) found = found.nextSibling;
  if (!found) return old;
  while (old !== found) {
    const next = old.nextSibling;
    if (old.id && wanted.has(old.id)) found.after(old);
    else drop(old);
    old = next;
  }
  return found;
};

// Whoever comes back to a page that has sent a form means another one, and so does whoever sends it half a minute later,
// such as from a page that stayed while its answer opened in another tab.
addEventListener("submit", event => {
  const key = event.defaultPrevented ? null : event.target.querySelector("input[name=key]");
  if (key) setTimeout(() => { key.dataset.left = "yes"; }, 30000);
});
addEventListener("pageshow", event => {
  if (event.persisted) document.querySelectorAll("input[name=key]").forEach(key => key.dataset.left = "yes");
});

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
      settle();
      document.dispatchEvent(new Event("airlock:swapped"));
      return [target];
    },
  });
}
