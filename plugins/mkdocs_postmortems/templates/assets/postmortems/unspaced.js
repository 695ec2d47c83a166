/* Scripts without spaces: every sign is a word of the index, and what a query asks for are signs that follow each other. */

import { UNSPACED, rewritten } from "./find.js";

const SIGN = UNSPACED.source;
/* So many signs of a phrase tell it from others. */
const MOST = 16;
/* So many signs are shown before a phrase, and so many of a text in all. */
const BEFORE = 20;
const SHOWN = 64;

/* The signs of a phrase, and the words of other scripts in it. */
function pieces(phrase) {
  return phrase.match(new RegExp(`${SIGN}\\p{M}*|(?:(?!${SIGN})[\\p{L}\\p{N}](?:(?!${SIGN})\\S)*)`, "gu")) ?? [];
}

/* The pages that hold a phrase, with their scores, and where it stands there.

   Pagefind has phrases of its own, but finds none in which a page holds a sign with and without its marks, as most in Japanese do. */
export async function holders(pagefind, phrase, filters) {
  const own = pieces(phrase).slice(0, MOST);
  const asked = new Map([...new Set(own)].map((piece) => [piece, pagefind.search(piece, { filters })]));
  const read = async (piece) => new Map((await asked.get(piece)).results.map((result) => [result.id, result]));
  const [first, ...others] = await Promise.all(own.map(read));
  const found = new Map();
  for (const [id, { words, score }] of first ?? []) {
    if (!others.every((pages) => pages.has(id))) continue;
    const following = others.map((pages) => new Set(pages.get(id).words));
    const place = words.find((start) => following.every((places, step) => places.has(start + step + 1)));
    if (place !== undefined) found.set(id, { score: others.reduce((sum, pages) => sum + pages.get(id).score, score), terms: [phrase], place });
  }
  return found;
}

/* A text of the index as it was written. What stood for a space there is one again, and no other stands beside a sign, but where a word follows. */
function joined(text) {
  const spaces = new RegExp(`(?<=${SIGN}) (?=${SIGN}|[^\\p{L}\\p{N}<])|(?<=[\\p{Ps}\\p{Pi}/\\u3000-\\u303f\\uff00-\\uffef]) (?=${SIGN})`, "gu");
  return text.replace(/ ?\u2060 ?/g, "\u2060").replace(spaces, "").replace(/\u2060/g, " ");
}

/* What is shown of a page, as it was written. */
export const readable = (data) => rewritten(data, joined);

/* What is shown of a page that holds a phrase at a place: the section there, and the text around it with all words marked. */
export function around(data, place, words) {
  const anchor = data.anchors.findLast(({ location }) => location <= place);
  const start = Math.max(anchor?.location ?? 0, place - BEFORE);
  const text = joined(data.raw_content.split(/\s+/).slice(start, start + SHOWN).join(" "));
  const safe = (word) => pieces(word).map((piece) => piece.replace(/[^\p{L}\p{M}\p{N}]/gu, "\\$&")).join("\\s?");
  const excerpt = text.replace(new RegExp(words.map(safe).join("|"), "giu"), "<mark>$&</mark>");
  const own = anchor ? { anchor, title: joined(anchor.text), url: `${data.url}#${anchor.id}` } : { title: "", url: data.url };
  return { ...readable(data), sub_results: [{ ...own, excerpt, weighted_locations: [] }] };
}
