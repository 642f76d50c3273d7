// Nothing here is needed to read the pages. It adds the reader's own time, tells of new alerts on the board, and
// folds on a phone what would keep the alerts out of sight.
"use strict";

const KNOWN = [0, 480, 540]; // minutes east of UTC that the pages tell already

function addOwnTime() {
  for (const each of document.querySelectorAll("time[datetime]")) {
    const moment = new Date(each.getAttribute("datetime"));
    if (Number.isNaN(moment.valueOf()) || KNOWN.includes(-moment.getTimezoneOffset())) continue;
    const told = moment.toLocaleString("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
    if (each.classList.contains("brief")) each.title += " · " + told.replace(",", "") + " with you";
    else each.append(" · " + told.replace(",", "") + " with you");
  }
}

async function lookForNews(line) {
  if (document.hidden) return;
  const answer = await fetch("/", { cache: "no-store" });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const shown = new Set([...document.querySelectorAll(".card h3 a")].map((each) => each.pathname));
  const fresh = [...page.querySelectorAll(".card h3 a")].filter((each) => !shown.has(each.pathname)).length;
  if (!fresh) return;
  const words = fresh === 1 ? "1 new alert" : fresh + " new alerts";
  const link = document.createElement("a");
  link.href = "/";
  link.textContent = words + ": show";
  line.replaceChildren(link);
  line.hidden = false;
  document.title = "(" + fresh + ") Board · Bongsu";
}

function fold() {
  if (!matchMedia("(max-width: 60rem)").matches) return;
  for (const each of document.querySelectorAll(".sides details")) each.open = false;
}

addOwnTime();
fold();
const news = document.getElementById("news");
if (news) setInterval(() => lookForNews(news).catch(() => {}), 60_000);
