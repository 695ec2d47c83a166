/* The briefs of an incident as tabs, and pictures in full size. Without it every brief stands on the page, and a picture is a link. */

(() => {
  "use strict";

  function audiences(nav) {
    const tabs = [...nav.querySelectorAll("a")];
    const anchors = tabs.map((tab) => document.getElementById(tab.hash.slice(1)));
    if (anchors.includes(null)) return;
    const panels = anchors.map((anchor) => anchor.closest(".pm-audience"));
    const page = tabs.findIndex((tab) => tab.hash === "#engineering");

    function select(index) {
      tabs.forEach((tab, i) => {
        tab.setAttribute("aria-selected", String(i === index));
        tab.tabIndex = i === index ? 0 : -1;
        panels[i].hidden = i !== index;
      });
    }

    /* The address decides: a brief, or a place on the page that stands in one of the panels. */
    function follow() {
      const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
      const index = target ? panels.findIndex((panel) => panel.contains(target)) : -1;
      if (index < 0) return;
      select(index);
      (target === anchors[index] ? nav : target).scrollIntoView();
    }

    function choose(index) {
      select(index);
      history.replaceState(history.state, "", index === page ? location.pathname + location.search : tabs[index].hash);
    }

    nav.setAttribute("role", "tablist");
    tabs.forEach((tab, index) => {
      tab.setAttribute("role", "tab");
      tab.id ||= `tab-${tab.hash.slice(1)}`;
      if (panels[index].id) tab.setAttribute("aria-controls", panels[index].id);
      panels[index].setAttribute("role", "tabpanel");
      panels[index].setAttribute("aria-labelledby", tab.id);
      tab.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        choose(index);
      });
    });
    nav.addEventListener("keydown", (event) => {
      const at = tabs.indexOf(document.activeElement);
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
      if (event.key === " ") tabs[at]?.click();
      else if (to !== undefined) {
        const tab = tabs.at(to % tabs.length);
        tab.focus();
        tab.click();
      } else return;
      event.preventDefault();
    });
    select(page);
    follow();
    addEventListener("hashchange", follow);
  }

  /* One dialog for all pictures of a page: the browser keeps the focus in it, and Escape closes it. */
  function viewer() {
    const found = document.querySelector(".pm-viewer");
    if (found) return found;
    const dialog = document.createElement("dialog");
    dialog.className = "pm-viewer md-typeset";
    dialog.innerHTML =
      '<div class="pm-viewer__bar"><span class="pm-viewer__title"></span><button type="button" class="pm-button">Close</button></div>' +
      '<div class="pm-viewer__inside" tabindex="0"></div>';
    dialog.querySelector("button").addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    /* Material's keys (search, next page) are not meant here. */
    dialog.addEventListener("keydown", (event) => event.stopPropagation());
    document.body.append(dialog);
    return dialog;
  }

  function show(what, title) {
    const dialog = viewer();
    dialog.querySelector(".pm-viewer__title").textContent = title;
    dialog.setAttribute("aria-label", title || "Picture");
    dialog.querySelector(".pm-viewer__inside").replaceChildren(what);
    dialog.showModal();
  }

  function zoom(event) {
    const link = event.target.closest?.("a.pm-zoom");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const small = link.querySelector("img");
    const picture = new Image();
    picture.src = link.href;
    picture.alt = small.alt;
    show(picture, small.title || small.alt);
  }

  function start() {
    document.querySelectorAll("[data-pm-audiences]").forEach(audiences);
  }

  document.addEventListener("click", zoom);
  document.addEventListener("postmortems:show", (event) => show(event.detail.what, event.detail.title));
  if (window.document$) document$.subscribe(start);
  else if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
