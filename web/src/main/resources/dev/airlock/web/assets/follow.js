// Follows what a page shows. Each change asks for the page anew, at most three times a second.
const changed = () => document.body.dispatchEvent(new Event("airlock:changed"));
const followed = document.querySelector("[data-events]");
if (followed && window.EventSource) {
  const lost = document.getElementById("lost");
  let due = false;
  const refresh = () => {
    if (due) return;
    due = true;
    setTimeout(() => {
      due = false;
      changed();
    }, 300);
  };
  let silent;
  const source = new EventSource(followed.dataset.events);
  let wasLost = false;
  source.onopen = () => {
    clearTimeout(silent);
    if (lost) lost.hidden = true;
    if (wasLost) refresh();
    wasLost = false;
  };
  source.onerror = () => {
    wasLost = true;
    clearTimeout(silent);
    silent = setTimeout(() => { if (lost) lost.hidden = false; }, 1500);
  };
  source.addEventListener("stage", refresh);
  source.addEventListener("run", event => {
    refresh();
    if (["succeeded", "failed", "cancelled"].includes(JSON.parse(event.data).state)) source.close();
  });
}

// Looks again and again as long as something on the page is under way; not while nobody sees it.
const due = () => document.querySelector("[data-poll]");
const lostNow = isLost => {
  const lost = document.getElementById("lost");
  if (lost && !followed) lost.hidden = !isLost;
};
if (due()) {
  document.addEventListener("htmx:afterRequest", event => lostNow(!event.detail.successful));
  const look = () => {
    const poll = due();
    if (!poll) return;
    if (!document.hidden) changed();
    setTimeout(look, Number(poll.dataset.poll));
  };
  setTimeout(look, Number(due().dataset.poll));
}
