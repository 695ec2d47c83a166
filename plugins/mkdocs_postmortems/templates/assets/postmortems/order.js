/* The order of results by date. Pagefind sorts each part of an index for itself, so each part tells the dates of its pages. */

/* The date of each page of some parts, empty where it has none. */
export async function load(folder, parts) {
  /* An answer that the browser kept may be of an earlier build, whose pages had other names. */
  const read = (part) => fetch(new URL(`${part}/dates.json`, folder), { cache: "no-cache" }).then((answer) => answer.json());
  return new Map((await Promise.all(parts.map(read))).flatMap(Object.entries));
}

/* Pages without a date come last, whichever way. */
export function byDate(results, dates, newest) {
  const way = newest ? -1 : 1;
  const compare = (one, other) => (one && other ? (one < other ? -way : one > other ? way : 0) : !one - !other);
  return [...results].sort((one, other) => compare(dates.get(one.id), dates.get(other.id)));
}
