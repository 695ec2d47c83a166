/* The order of results by date. Pagefind sorts each part of an index for itself, so each part tells the dates of its pages. */

let loading;

async function load(folder, parts) {
  const read = (part) => fetch(new URL(`${part}/dates.json`, folder)).then((answer) => answer.json());
  return new Map((await Promise.all(parts.map(read))).flatMap(Object.entries));
}

/* Pages without a date come last, whichever way. */
export async function byDate(results, { folder, parts, newest }) {
  loading ??= load(folder, parts);
  const dates = await loading;
  const way = newest ? -1 : 1;
  const compare = (one, other) => (one && other ? (one < other ? -way : one > other ? way : 0) : !one - !other);
  return [...results].sort((one, other) => compare(dates.get(one.id), dates.get(other.id)));
}
