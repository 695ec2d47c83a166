/* What is found, in words and as the entries of a list. */

/* Letters of a word that are told; a token that somebody pasted may have thousands. */
const LONG = 40;

/* How much was found, in words. What a filter hides may be there all the same. */
export function told({ groups, missing }, narrowed) {
  const quoted = (word) => `“${word.length > LONG ? `${word.slice(0, LONG)}…` : word}”`;
  const within = narrowed ? " with these filters" : "";
  const nobody = missing.length ? `Nothing holds ${missing.map(quoted).join(" or ")}${within}. ` : "";
  if (!groups.some(({ results }) => results.length)) return missing.length === 1 ? nobody.trim() : `Nothing was found${within || ". Fewer words find more"}.`;
  const [all, first, some, rest] = groups.map(({ results }) => results.length);
  const book = first + rest;
  const parts = [
    all && postmortems.count(all, "result"),
    some && (all ? `${some} with some of the words` : `No incident has all of these words, ${some} ${some === 1 ? "has" : "have"} some`),
    book && `${book}${all || some ? " more" : ""} in the handbook`,
  ];
  return nobody + parts.filter(Boolean).join(", ");
}

/* Letters of a page that are told where no word was asked for. */
const BEGIN = 180;

const BEFORE = "\"'“‘([";
const BEHIND = "\"'”’)].,;:!?…";

function element(name, className, ...content) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

/* A word as the index has it, up to the next space; quotes, brackets and the end of a sentence are none of it. */
function marked(word) {
  let [begin, end] = [0, word.length];
  while (begin < end && BEFORE.includes(word[begin])) begin += 1;
  while (end > begin && BEHIND.includes(word[end - 1])) end -= 1;
  return begin < end ? [word.slice(0, begin), element("mark", "", word.slice(begin, end)), word.slice(end)] : [word];
}

/* An excerpt is text with marks; it is taken apart, so that nothing else can be in it. */
function excerpt(html) {
  const nodes = new DOMParser().parseFromString(html, "text/html").body.childNodes;
  return [...nodes].flatMap((node) => (node.nodeName === "MARK" ? marked(node.textContent) : [node.textContent]));
}

/* The text around the words of a query; where a facet alone was asked for, how a page begins behind its title. */
function telling({ excerpt: html }, { content, meta }) {
  if (html.includes("<mark>")) return ["… ", ...excerpt(html), " …"];
  const text = content.slice(content.startsWith(meta.title) ? meta.title.length : 0).replace(/^[.\s]+/, "");
  return text.length > BEGIN ? [text.slice(0, BEGIN).replace(/\s+\S*$/, ""), " …"] : [text];
}

function day(date) {
  const [year, month, number] = date.slice(0, 10).split("-").map(Number);
  return new Date(Date.UTC(year, month - 1, number)).toLocaleDateString("en-GB", {
    day: "numeric", month: "short", year: "numeric", timeZone: "UTC",
  });
}

/* Severities of other names have their colours from the style of our pages, which those of the handbook lack. */
const colours = JSON.parse(document.querySelector("[data-pm-colours]")?.dataset.pmColours ?? "{}");

function badge(word) {
  const made = element("span", `pm-severity pm-severity--${word.toLowerCase()}`, word);
  const colour = Object.hasOwn(colours, word.toLowerCase()) && colours[word.toLowerCase()];
  if (colour) Object.assign(made.style, { background: `var(--pm-${colour}-soft)`, color: `var(--pm-${colour})` });
  return made;
}

/* The index knows a page as a file; the site knows it as a folder. */
const address = (url) => url.replace(/\.html(?=#|$)/, "/");

/* One hit: the page, and the section of it that fits best. */
function hit(data) {
  const weight = (part) => part.weighted_locations.reduce((sum, place) => sum + place.balanced_score, 0);
  const parts = [...data.sub_results].sort((one, other) => weight(other) - weight(one));
  const best = parts[0];
  const link = element("a", "pm-result", element("strong", "pm-result__title", data.meta.title));
  link.href = address(best ? best.url : data.url);
  const kind = element("span", "");
  if (data.meta.severity) kind.append(badge(data.meta.severity), " ");
  if (data.meta.date) kind.append(day(data.meta.date));
  if (!data.meta.severity) kind.append("Handbook");
  const about = element("span", "pm-meta pm-dotted", kind);
  if (best?.anchor && best.title !== data.meta.title) about.append(" ", element("span", "", element("i", "", "· "), best.title));
  link.append(about, element("span", "pm-result__text", ...telling(best ?? data, data)));
  return element("li", "", link);
}

/* Some hits, each below the title of its group where that begins. */
export async function entries(hits) {
  const pages = await Promise.all(hits.map(({ result }) => result.data()));
  return pages.flatMap((page, place) => [...(hits[place].title ? [element("li", "pm-results__group", hits[place].title)] : []), hit(page)]);
}
