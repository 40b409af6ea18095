// The keyboard: "/" searches, "?" shows the keys, "g" and a letter jumps. Each has a button or a link as well.
const open = (id, fill) => {
  const dialog = document.getElementById(id);
  if (!dialog || !dialog.showModal) return false;
  if (!dialog.open) {
    dialog.showModal();
    fill(dialog);
  }
  return true;
};
const part = async (url, selector) => {
  const answer = await fetch(url, {headers: {Accept: "text/html"}, redirect: "error"});
  if (!answer.ok) throw new Error(answer.status);
  return new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(selector);
};

// Search: what is typed is looked up a moment later; arrows walk through what was found, Enter opens the first. What is
// shown may still be of what was typed before: it is never taken for the answer to what is typed now.
let asked = 0, timer, shownFor;
const look = async dialog => {
  clearTimeout(timer);
  const text = dialog.querySelector("input").value;
  const found = dialog.querySelector("[data-found]");
  const says = dialog.querySelector("[data-says]");
  const mine = ++asked;
  try {
    const hits = await part("/search?q=" + encodeURIComponent(text), "#hits");
    if (mine !== asked) return;
    if (!hits) throw new Error("no hits in the answer");
    found.replaceChildren(...hits.childNodes);
    shownFor = text;
    const number = found.querySelectorAll(".hits a").length;
    says.textContent = text ? (number === 1 ? "1 found" : number + " found") : "";
  } catch {
    if (mine !== asked) return;
    shownFor = undefined;
    says.textContent = "The search can't be reached. Enter tries again.";
  }
};
const search = () => open("search", dialog => {
  dialog.querySelector("input").select();
  look(dialog);
});
const box = document.getElementById("search");
if (box) {
  const field = box.querySelector("input");
  const links = () => [...box.querySelectorAll(".hits a")];
  const enter = async () => {
    const text = field.value;
    if (shownFor !== text) await look(box);
    const all = links();
    if (box.open && shownFor === text && field.value === text && all.length) all[0].click();
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => look(box), 150);
  });
  box.addEventListener("keydown", event => {
    const all = links();
    const at = all.indexOf(document.activeElement);
    if (event.key === "ArrowDown" && all.length) {
      all[Math.min(at + 1, all.length - 1)].focus();
      event.preventDefault();
    } else if (event.key === "ArrowUp" && at >= 0) {
      (at ? all[at - 1] : field).focus();
      event.preventDefault();
    } else if (event.key === "Enter" && document.activeElement === field && !event.isComposing) {
      event.preventDefault();
      enter();
    } else if (event.key === "Escape") {
      // A field for searching would only empty itself.
      event.preventDefault();
      box.close();
    }
  });
}
const help = () => open("keys", async dialog => {
  const place = dialog.querySelector("[data-found]");
  if (place.childElementCount) return;
  try {
    const list = await part("/keys", "#key-list");
    place.replaceChildren(...list.childNodes);
    showSwitches();
  } catch {
    location.href = "/keys";
  }
});
for (const [selector, act] of [["[data-search]", search], ["[data-keys]", help]]) {
  for (const link of document.querySelectorAll(selector)) link.addEventListener("click", event => {
    if (!event.ctrlKey && !event.metaKey && !event.shiftKey && act()) event.preventDefault();
  });
}
for (const close of document.querySelectorAll("dialog [data-close]")) close.addEventListener("click", () => close.closest("dialog").close());
// A click beside a dialog closes it; one on its own margin does not, nor one that began inside, as a selection may.
const isBeside = (dialog, event) => {
  const box = dialog.getBoundingClientRect();
  return event.target === dialog && (event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom);
};
for (const dialog of document.querySelectorAll("dialog")) {
  let began = false;
  dialog.addEventListener("pointerdown", event => began = isBeside(dialog, event));
  dialog.addEventListener("click", event => { if (began && isBeside(dialog, event)) dialog.close(); });
}

// Whoever speaks to their machine, or whose hand slips, switches the keys of a single letter off; the browser keeps it.
const areOn = () => !/(?:^|; )airlock_keys=off(?:;|$)/.test(document.cookie);
const showSwitches = () => {
  for (const box of document.querySelectorAll("[data-letters]")) {
    box.checked = areOn();
    box.closest("[hidden]")?.removeAttribute("hidden");
  }
};
document.addEventListener("change", event => {
  if (!event.target.matches("[data-letters]")) return;
  document.cookie = "airlock_keys=" + (event.target.checked ? "on" : "off") + "; path=/; max-age=31536000; samesite=lax";
  showSwitches();
});
showSwitches();

const list = document.getElementById("keys");
const jumps = new Map(((list && list.dataset.jumps) || "").split(" ").map(jump => jump.split("=")));
const types = node => node.isContentEditable || node.matches("input:not([type=checkbox], [type=radio], [type=range]), textarea, select");
let jumping = 0;
document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat || types(event.target)) return;
  if (document.querySelector("dialog[open]") || !areOn()) return;
  if (!document.getElementById("search")) return;
  if (Date.now() < jumping && jumps.has(event.key)) {
    jumping = 0;
    location.href = jumps.get(event.key);
    return;
  }
  jumping = 0;
  const act = {"/": search, "?": help, t: () => press("theme"), u: () => press("zone")}[event.key];
  if (event.key === "g") {
    jumping = Date.now() + 1500;
  } else if (act) {
    event.preventDefault();
    act();
  }
});
const press = id => {
  const button = document.getElementById(id);
  if (button) button.click();
};

// What is wider than its place can be scrolled by keyboard, too.
const reach = () => {
  for (const box of document.querySelectorAll(".card, .wide, .scroll")) {
    const scrolls = box.scrollWidth > box.clientWidth + 1;
    if (scrolls && !box.hasAttribute("tabindex")) {
      box.tabIndex = 0;
      box.dataset.reach = "";
    } else if (!scrolls && "reach" in box.dataset && box !== document.activeElement) {
      box.removeAttribute("tabindex");
      delete box.dataset.reach;
    }
  }
};
reach();
document.addEventListener("airlock:swapped", reach);
document.addEventListener("htmx:afterSettle", reach);
addEventListener("resize", reach);
