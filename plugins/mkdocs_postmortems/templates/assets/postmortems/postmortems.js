/* What depends on the reader's day, and the filters of the incident list. Without it every page is complete. */

(() => {
  "use strict";

  const today = () => new Date().toISOString().slice(0, 10);

  /* The build knew its own day; a page that was built weeks ago tells today's truth. */
  function markOverdue(root) {
    for (const due of root.querySelectorAll("[data-due]")) {
      const late = due.dataset.due < today();
      due.classList.toggle("pm-due--overdue", late);
      due.querySelector(".pm-due__word").textContent = late ? "Overdue since" : "Due";
    }
  }

  function filterIncidents(form) {
    const page = form.closest(".pm-page");
    const rows = [...page.querySelectorAll(".pm-table--incidents tbody tr")];
    const words = rows.map((row) => row.textContent.toLowerCase());
    const count = form.querySelector("output");
    const nothing = page.querySelector("[data-pm-nothing]");
    const fields = [...form.elements].filter((field) => field.name);

    function apply() {
      const wanted = Object.fromEntries(fields.map((field) => [field.name, field.value]));
      const text = wanted.text.trim().toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      rows.forEach((row, index) => {
        const fits =
          ["severity", "kind", "status", "year"].every((name) => !wanted[name] || row.dataset[name] === wanted[name]) &&
          text.every((word) => words[index].includes(word));
        row.hidden = !fits;
        shown += fits ? 1 : 0;
      });
      count.textContent = shown === rows.length ? `${shown} incidents` : `${shown} of ${rows.length} incidents`;
      nothing.hidden = shown > 0;
      const query = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value));
      history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
    }

    const query = new URLSearchParams(location.search);
    for (const field of fields) field.value = query.get(field.name) ?? "";
    form.hidden = false;
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    page.querySelector("[data-pm-clear]").addEventListener("click", () => {
      form.reset();
      apply();
    });
    apply();
  }

  function start() {
    markOverdue(document);
    document.querySelectorAll("[data-pm-filter]").forEach(filterIncidents);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
