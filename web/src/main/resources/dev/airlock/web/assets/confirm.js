// Asks again before what can't be undone, and says what it does. Without script the server asks: see "sure".
import {meaning} from "./forms.js";

const dialog = document.getElementById("sure");
// The page follows what happens while somebody thinks it over: a button that means something else by then is not pressed.
let form, submitter, meant;
document.addEventListener("submit", event => {
  const asking = event.target;
  const question = (event.submitter && event.submitter.dataset.confirm) || asking.dataset.confirm;
  if (!question || asking.dataset.sure === "yes") return;
  event.preventDefault();
  document.dispatchEvent(new Event("airlock:asking"));
  if (!dialog || !dialog.showModal) {
    if (confirm(question)) send(asking, event.submitter);
    return;
  }
  form = asking;
  submitter = event.submitter;
  meant = meaning(form, submitter);
  const cut = question.indexOf("?") + 1;
  dialog.querySelector("h2").textContent = cut ? question.slice(0, cut) : "Are you sure?";
  dialog.querySelector("[data-consequence]").textContent = cut ? question.slice(cut).trim() : question;
  const yes = dialog.querySelector("[data-yes]");
  yes.textContent = submitter ? submitter.textContent.trim() : "Go on";
  dialog.returnValue = "";
  dialog.showModal();
});
const send = (asking, button) => {
  asking.dataset.sure = "yes";
  asking.requestSubmit(button || undefined);
  delete asking.dataset.sure;
};
if (dialog) dialog.addEventListener("close", () => {
  if (dialog.returnValue === "yes" && form) {
    const isThere = form.isConnected && (!submitter || submitter.form === form) && meaning(form, submitter) === meant;
    if (isThere) send(form, submitter);
    else document.dispatchEvent(new CustomEvent("airlock:over", {detail: form}));
  }
  form = submitter = null;
});
