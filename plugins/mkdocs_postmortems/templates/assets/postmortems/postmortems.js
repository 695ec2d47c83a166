/* What depends on the reader's day: the build knew its own, a page that was built weeks ago tells today's truth. */

const postmortems = {
  today: () => new Date().toISOString().slice(0, 10),

  markOverdue(root) {
    for (const due of root.querySelectorAll("[data-due]")) {
      const late = due.dataset.due < postmortems.today();
      due.classList.toggle("pm-due--overdue", late);
      const { behind = "Overdue since", ahead = "Due" } = due.dataset;
      due.querySelector(".pm-due__word").textContent = late ? behind : ahead;
    }
  },

  /* How many are late: those of the day of the build, and those that were due since. */
  countOverdue(root) {
    for (const late of root.querySelectorAll("[data-pm-late]")) {
      const since = late.dataset.pmDays.split(" ").filter((told) => told && told.split("*")[0] < postmortems.today());
      const number = since.reduce((sum, told) => sum + Number(told.split("*")[1]), Number(late.dataset.pmLate));
      const told = late.querySelector(".pm-late__told") ?? late;
      told.textContent = told.textContent.replace(/[\d,]+/, number.toLocaleString("en"));
      late.hidden = number === 0;
      const none = late.nextElementSibling;
      if (none?.classList.contains("pm-late__none")) none.hidden = number > 0;
    }
  },

  /* What the spellings of a word have in common. Capitals on the way, as rows have them: "ß" is "SS" there, and "ss" in a row. */
  key: (word) => word.toUpperCase().toLowerCase(),

  /* The choice of a field that a word means, in whatever capitals. */
  choice: (field, word) => [...field.options].find((option) => postmortems.key(option.value) === postmortems.key(word)),

  /* Puts into the address what a form asks for, again and again. Places of the page have entries in the history; those before them may ask for something else. */
  addressing() {
    let own = location.search;
    addEventListener("popstate", () => location.search !== own && location.reload());
    return (query) => {
      history.replaceState(null, "", (query.size ? `?${query}` : location.pathname) + location.hash);
      own = location.search;
    };
  },

  /* "1 row", "2 rows". */
  count: (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`,
};

/* A page may stay open until tomorrow, or come back from where a browser kept it. Scripts stand at the end of the page: what is looked for is there. */
{
  let day;
  const look = () => {
    if (day === postmortems.today()) return;
    day = postmortems.today();
    postmortems.markOverdue(document);
    postmortems.countOverdue(document);
    document.dispatchEvent(new CustomEvent("postmortems:day"));
  };
  look();
  setInterval(look, 60_000);
  addEventListener("pageshow", look);
  document.addEventListener("visibilitychange", look);
}

/* What few pages have is loaded by those that have it. */
{
  const here = document.currentScript.src;
  const needed = { list: "form[data-pm-filter]", incident: "[data-pm-audiences], .pm-zoom, .pm-diagram", diagrams: ".pm-diagram" };
  const tell = () => {
    const told = document.createElement("p");
    told.className = "pm-empty";
    told.setAttribute("role", "alert");
    told.textContent = "The filters could not be loaded, so all are shown. Reload the page to try again.";
    document.querySelector("form[data-pm-filter]").before(told);
  };
  const load = () => {
    for (const [name, mark] of Object.entries(needed)) {
      if (!document.querySelector(mark)) continue;
      delete needed[name];
      const script = document.createElement("script");
      script.src = new URL(`${name}.js`, here).href;
      /* The other two leave a page that says all; this one leaves all rows, where an address asks for some. */
      if (name === "list") script.addEventListener("error", tell);
      document.head.append(script);
    }
  };
  if (window.document$) document$.subscribe(load);
  else load();
}

/* On a phone the filters would fill the first screen. */
for (const fold of document.querySelectorAll(".pm-filter__fold")) {
  const query = new URLSearchParams(location.search);
  const open = (shown) => {
    fold.setAttribute("aria-expanded", shown);
    fold.form.classList.toggle("pm-filter--open", shown);
  };
  open([...fold.form.elements].some((field) => field.tagName === "SELECT" && query.has(field.name)));
  fold.addEventListener("click", () => open(fold.getAttribute("aria-expanded") === "false"));
}
