// What somebody has typed into a form is not lost with their session. A page that would leave for the form to sign in
// stays where something is written; and a form that carries words is sent only once it is known that it will be taken.
// Whoever has signed in again, here or in another tab, goes on: the form gets the token of the new session.
import {holds, isTyped, meaning, words} from "./forms.js";

const banner = document.getElementById("unsent");
const content = (within, name) => within.querySelector("meta[name=" + name + "]")?.content || "";
const viewer = content(document, "viewer");
const isWritten = () => [...document.forms].some(holds);

// Whether what the banner says holds also after the page was read anew.
let holdsOn = false;
const show = (...parts) => {
  if (!banner) return;
  holdsOn = false;
  const text = parts.map(part => part.textContent ?? part).join("");
  if (banner.textContent !== text) banner.replaceChildren(...parts);
  banner.hidden = false;
};
const link = (text, href) => Object.assign(document.createElement("a"), {textContent: text, href, target: "_blank", rel: "noopener"});
const here = () => location.pathname + location.search;
const why = {
  out: () => show("You are signed out. What you typed is still here, and was not sent. ", link("Sign in in a new tab", "/sign-in?then=" + encodeURIComponent(here())), ", then come back to this one."),
  shut: () => show("You may not read this page any more. What you typed stays here until you leave."),
  other: name => show("Now " + name + " is signed in, and this page was opened by " + viewer + ". What you typed is still here, and was not sent. ", link("Open the page anew in a new tab", here()), "."),
  away: () => {
    show("Not sent: Airlock can't be reached, or can't take it now. What you typed is still here: send it again in a moment.");
    holdsOn = true;
  },
  withdrawn: () => {
    show("Not sent: you pressed another button before it was sent. What you typed is still here.");
    holdsOn = true;
  },
  over: form => {
    const typed = [...form.querySelectorAll(words)].filter(isTyped).map(field => field.value);
    show("Not sent: this can't be answered any more.", ...(typed.length ? [" What you typed: “" + typed.join("”, “") + "”"] : []));
    holdsOn = true;
  },
};
document.addEventListener("airlock:leave", event => {
  if (!banner || !isWritten()) return;
  event.preventDefault();
  why[event.detail]();
});
// The page was read anew, which nobody can who is signed out. What was not sent for another cause is still not sent.
document.addEventListener("airlock:swapped", () => { if (banner && !holdsOn) banner.hidden = true; });

const read = text => new DOMParser().parseFromString(text.slice(0, text.indexOf("</head>")), "text/html");
const take = token => {
  for (const field of document.querySelectorAll("input[name=csrf]")) field.value = token;
  document.querySelector("meta[name=csrf-token]").content = token;
};
// A page that another person would see takes nothing away from whoever is writing. Where nobody is, it becomes that
// person's as a whole, and not only in the parts that are exchanged.
document.addEventListener("htmx:beforeSwap", event => {
  if (event.detail.target.id !== "live" || !event.detail.shouldSwap) return;
  const fresh = read(event.detail.xhr.responseText);
  const name = content(fresh, "viewer");
  if (banner && name && name !== viewer) {
    event.detail.shouldSwap = false;
    if (isWritten()) why.other(name);
    else location.reload();
  } else if (content(fresh, "csrf-token")) {
    take(content(fresh, "csrf-token"));
  }
});

// Asks whether a form would be taken; answers why not, or nothing.
const ask = async () => {
  try {
    const answer = await fetch("/keys", {headers: {Accept: "text/html", "HX-Request": "true"}, cache: "no-store", signal: AbortSignal.timeout(15000)});
    if (answer.status === 401) return why.out;
    if (!answer.ok) return why.away;
    const page = read(await answer.text());
    const name = content(page, "viewer"), token = content(page, "csrf-token");
    if (name && name !== viewer) return () => why.other(name);
    if (token) take(token);
  } catch {
    return why.away;
  }
};

// What was pressed, by its form, while it is asked for: what was pressed last is what is meant.
const pressed = new Map();
const sure = new WeakSet();
const told = document.getElementById("told");
const rest = form => {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
  if (told && told.textContent === "Sending …") told.textContent = "";
};
const press = (wish, form, button) => {
  rest(form);
  wish.button = button;
  wish.means = meaning(form, button);
  if (button) button.setAttribute("aria-busy", "true");
  if (told) told.textContent = "Sending …";
};
const isOver = (form, {button, means}) =>
  !form.isConnected || form.dataset.over || (button && button.form !== form) || meaning(form, button) !== means;
const longestWay = 30000;
document.addEventListener("submit", async event => {
  const form = event.target;
  if (event.defaultPrevented || !banner) return;
  if (form.dataset.over) {
    event.preventDefault();
    why.over(form);
    return;
  }
  if (sure.has(form) || !holds(form)) return;
  event.preventDefault();
  if (pressed.has(form)) {
    press(pressed.get(form), form, event.submitter);
    return;
  }
  const wish = {};
  pressed.set(form, wish);
  press(wish, form, event.submitter);
  const hindrance = await ask();
  if (pressed.get(form) !== wish) return;
  pressed.delete(form);
  if (hindrance) {
    rest(form);
    hindrance();
    return;
  }
  if (isOver(form, wish)) {
    rest(form);
    why.over(form);
    return;
  }
  banner.hidden = true;
  // What was asked before has been answered.
  sure.add(form);
  form.dataset.sure = "yes";
  form.requestSubmit(wish.button || undefined);
  delete form.dataset.sure;
  sure.delete(form);
  if (!form.checkValidity()) {
    rest(form);
    return;
  }
  // The page goes when the answer comes; where it is stopped on its way, the form is there again.
  form.dataset.sent = "yes";
  setTimeout(rest, longestWay, form);
});
// Whoever is asked whether they are sure has something else in mind than what they pressed before.
document.addEventListener("airlock:asking", () => {
  if (!pressed.size) return;
  [...pressed.keys()].forEach(rest);
  pressed.clear();
  why.withdrawn();
});
document.addEventListener("airlock:over", event => why.over(event.detail));
addEventListener("pageshow", event => { if (event.persisted) [...document.forms].forEach(rest); });
