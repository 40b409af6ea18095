// Follows what a page shows: one stream for the page says that something has changed, and the page is asked for anew.
// What it follows stands at #live as data-follow, a list of topics; without it nothing is followed.
const live = document.getElementById("live");
const lost = document.getElementById("lost");
const longestSilence = 25000, soonest = 1000, latest = 30000;
let stream, followed, last, heardAt, failures = 0, isBusy = false, isStale = false, timer, retry, warning;

const show = isLost => {
  clearTimeout(warning);
  if (!lost) return;
  if (isLost) warning = setTimeout(() => { lost.hidden = false; }, 1500);
  else lost.hidden = true;
};

// Asks for the page anew, not while an answer is on its way nor while nobody looks. Browsers that hear of a change at
// the same moment ask one after the other.
const refresh = () => {
  isStale = true;
  if (isBusy || document.hidden || timer) return;
  timer = setTimeout(() => {
    timer = undefined;
    if (document.hidden) return;
    isStale = false;
    isBusy = true;
    document.body.dispatchEvent(new Event("airlock:changed"));
  }, 50 + Math.random() * 350);
};
document.addEventListener("htmx:afterRequest", event => {
  if (event.detail.elt !== live) return;
  isBusy = false;
  if (event.detail.successful) {
    show(false);
    if (isStale) refresh();
    follow();
  } else if (event.detail.xhr.status === 401 || event.detail.xhr.status === 403) {
    location.reload();
  } else {
    show(true);
    setTimeout(refresh, Math.min(latest, soonest * 2 ** failures++));
  }
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  if (isStale) refresh();
  follow();
});

const close = () => {
  if (stream) stream.close();
  stream = undefined;
};
const again = () => {
  close();
  show(true);
  clearTimeout(retry);
  const wait = Math.min(latest, soonest * 2 ** failures++);
  retry = setTimeout(follow, wait * (0.5 + Math.random() / 2));
};
const heard = event => {
  heardAt = Date.now();
  failures = 0;
  if (event.lastEventId) last = event.lastEventId;
  show(false);
};
const follow = () => {
  const topics = live && live.dataset.follow;
  if (!topics) {
    close();
    followed = undefined;
    return;
  }
  if (!window.EventSource || (stream && followed === topics)) return;
  close();
  if (followed !== topics) last = live.dataset.seen;
  followed = topics;
  heardAt = Date.now();
  stream = new EventSource("/events?topics=" + encodeURIComponent(topics) + "&since=" + encodeURIComponent(last));
  stream.addEventListener("beat", heard);
  stream.addEventListener("changed", event => {
    heard(event);
    refresh();
  });
  // A browser would try again at once and for ever, all at the same pace.
  stream.onerror = again;
};
// Figures that move without anybody telling.
const look = () => {
  const every = Number(live && live.dataset.every);
  if (every) refresh();
  setTimeout(look, every || 5000);
};
setTimeout(look, Number(live && live.dataset.every) || 5000);
setInterval(() => { if (stream && Date.now() - heardAt > longestSilence) again(); }, 5000);
addEventListener("online", () => { if (!stream) follow(); });
addEventListener("pagehide", close);
addEventListener("pageshow", event => { if (event.persisted) { refresh(); follow(); } });
follow();
