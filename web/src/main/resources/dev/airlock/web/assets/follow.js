// Follows what a page shows: one stream for the page says that something has changed, and the page is asked for anew.
// What it follows stands at #live as data-follow, a list of topics; without it nothing is followed. Nobody looks at a
// hidden page, and a browser has few connections to a host for all its tabs: such a page lets its stream go, and goes
// on from the last that it heard once it is shown.
const live = document.getElementById("live");
const lost = document.getElementById("lost");
const longestSilence = 25000, soonest = 1000, latest = 30000;
const pause = failures => Math.min(latest, soonest * 2 ** failures) * (0.5 + Math.random() / 2);
const steadyAfter = 5000;
let stream, followed, last, openedAt, heardAt, timer, retry, retryRead, warning;
let isBusy = false, isStale = false, isGone = false, isOut = false;
// What keeps the page from being as it is now. Each is told of until it has gone itself: that the stream goes on does
// not mean that the page could be read.
const wrong = {stream: "", page: ""};
let failures = {stream: 0, page: 0};
const says = {
  lost: "The connection is lost. What you see may be old; it is tried again all the time, and whatever goes on goes on without it.",
  refused: "This page could not be read anew, so what you see may be old. It is tried again.",
  gone: "This page is no longer there: what you see is the last of it.",
};
const show = () => {
  clearTimeout(warning);
  if (!lost) return;
  const word = wrong.page || wrong.stream;
  if (!word) {
    lost.hidden = true;
    lost.textContent = "";
    return;
  }
  // Short breaks are mended before anybody has read of them.
  warning = setTimeout(() => {
    if (lost.textContent !== says[word]) lost.textContent = says[word];
    lost.hidden = false;
  }, lost.hidden ? 1500 : 0);
};
const well = what => {
  if (!wrong[what]) return;
  wrong[what] = "";
  show();
};
const ill = (what, word) => {
  wrong[what] = word;
  show();
  return pause(failures[what]++);
};

// Asks for the page anew, not while an answer is on its way nor while nobody looks. Browsers that hear of a change at
// the same moment ask one after the other.
const refresh = () => {
  isStale = true;
  if (isGone || isBusy || document.hidden || timer || retryRead) return;
  timer = setTimeout(() => {
    timer = undefined;
    if (document.hidden) return;
    isStale = false;
    isBusy = true;
    document.body.dispatchEvent(new Event("airlock:changed"));
  }, 50 + Math.random() * 350);
};
const readAgain = after => {
  isStale = true;
  clearTimeout(retryRead);
  retryRead = setTimeout(() => {
    retryRead = undefined;
    refresh();
  }, after);
};
document.addEventListener("htmx:afterRequest", event => {
  if (event.detail.elt !== live) return;
  isBusy = false;
  const status = event.detail.xhr.status;
  if (event.detail.successful) {
    isOut = false;
    failures.page = 0;
    well("page");
    if (isStale) refresh();
    follow();
  } else if (status === 401 || status === 403) {
    leave(status === 401 ? "out" : "shut");
  } else if (status === 404 || status === 410) {
    isGone = true;
    close();
    ill("page", "gone");
  } else {
    readAgain(ill("page", status === 0 ? "lost" : "refused"));
  }
});

const close = () => {
  clearTimeout(retry);
  if (stream) stream.close();
  stream = undefined;
};
// The page leads to the form to sign in; where somebody is writing it stays, and is read anew once they can.
const leave = word => {
  close();
  isOut = true;
  if (document.dispatchEvent(new CustomEvent("airlock:leave", {cancelable: true, detail: word}))) location.reload();
  else readAgain(pause(failures.page++));
};
// What opens and is closed at once is as good as refused: each time it is tried again later. Where something else than
// a stream was answered, a browser gives up, and does not tell what: the page is asked for in its place, which finds out
// whether one may still read it, and is followed from what it shows then.
const again = () => {
  if (stream && openedAt && Date.now() - openedAt > steadyAfter) failures.stream = 0;
  const isRefused = stream && stream.readyState === EventSource.CLOSED;
  close();
  if (isRefused) followed = undefined;
  if (!document.hidden) retry = setTimeout(isRefused ? refresh : follow, ill("stream", "lost"));
};
const heard = event => {
  heardAt = Date.now();
  if (event.lastEventId) last = event.lastEventId;
  well("stream");
};
const follow = () => {
  const topics = live && live.dataset.follow;
  if (!topics || isGone || isOut || document.hidden) {
    close();
    if (!topics) followed = undefined;
    return;
  }
  if (!window.EventSource || (stream && followed === topics)) return;
  close();
  if (followed !== topics) last = live.dataset.seen;
  followed = topics;
  heardAt = Date.now();
  openedAt = undefined;
  stream = new EventSource("/events?topics=" + encodeURIComponent(topics) + "&since=" + encodeURIComponent(last));
  stream.onopen = () => openedAt = Date.now();
  stream.addEventListener("beat", heard);
  stream.addEventListener("changed", event => {
    heard(event);
    refresh();
  });
  stream.addEventListener("signed-out", () => leave("out"));
  // A browser would try again at once and for ever, all at the same pace.
  stream.onerror = again;
};
document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    close();
    return;
  }
  if (isStale) readAgain(0);
  follow();
});
// Whoever has signed in elsewhere comes back.
addEventListener("focus", () => { if (isOut) readAgain(0); });
// Figures that move without anybody telling.
const look = () => {
  const every = Number(live && live.dataset.every);
  if (every) refresh();
  setTimeout(look, every || 5000);
};
setTimeout(look, Number(live && live.dataset.every) || 5000);
setInterval(() => { if (stream && Date.now() - heardAt > longestSilence) again(); }, 5000);
addEventListener("online", () => {
  if (!stream) follow();
  if (isStale) readAgain(0);
});
addEventListener("pagehide", close);
addEventListener("pageshow", event => {
  if (!event.persisted) return;
  isBusy = false;
  refresh();
  follow();
});
follow();
