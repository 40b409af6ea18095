// Says, to those who listen instead of looking, where the thing of this page stands, once that has changed.
const told = document.getElementById("told");
const standing = () => [...document.querySelectorAll("#live [data-tells]")].map(at => at.dataset.tells);
let known = standing();
document.addEventListener("airlock:swapped", () => {
  const now = standing();
  const news = now.filter(text => !known.includes(text));
  known = now;
  if (told && news.length) told.textContent = news.join(" ");
});
