
"use strict";
(() => {
  document.documentElement.classList.add("js");
  const form = document.querySelector(".filter");
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  const groups = all(".group").map((group) => ({
    group,
    findings: all(".finding", group).map((element) => ({ element, text: null })),
  }));

  // The text of a finding is read when it is first searched: most pages are never searched.
  const textOf = (finding, group) => {
    finding.text ??= `${group.querySelector("h3").textContent} ${finding.element.textContent}`.toLowerCase();
    return finding.text;
  };

  const filter = () => {
    const wanted = new FormData(form);
    const severities = new Set(wanted.getAll("severity"));
    const [category, table, phase] = ["category", "table", "phase"].map((name) => wanted.get(name) ?? "");
    const text = wanted.get("text").trim().toLowerCase();
    let shown = 0, total = 0;
    for (const { group, findings } of groups) {
      let any = false;
      for (const finding of findings) {
        const { s, c, t, p = "0" } = finding.element.dataset;
        const fits = severities.has(s) && (!category || c === category) && (!table || t === table)
          && (!phase || p === phase) && (!text || textOf(finding, group).includes(text));
        finding.element.hidden = !fits;
        any ||= fits;
        shown += fits;
        total += 1;
      }
      group.hidden = !any;
    }
    const noun = total === 1 ? "finding" : "findings";
    form.querySelector("output").textContent = shown === total
      ? `${total.toLocaleString("en")} ${noun}`
      : `${shown.toLocaleString("en")} of ${total.toLocaleString("en")} ${noun}`;
    document.querySelector(".empty").hidden = shown > 0;
  };

  if (form) {
    for (const event of ["input", "change"]) form.addEventListener(event, filter);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(filter));
    document.querySelector("[data-reset]").addEventListener("click", () => form.reset());
    // A browser may have kept the choices of before.
    filter();
  }

  // Only what is unfolded needs a button.
  const dress = (pre) => {
    const box = document.createElement("div");
    const button = document.createElement("button");
    [box.className, button.type, button.className, button.textContent] = ["box", "button", "copy", "Copy"];
    pre.replaceWith(box);
    pre.tabIndex = 0;
    box.append(button, pre);
  };
  // What is wider than the page is moved by keys as well.
  const reach = (box) => {
    const name = box.closest("details").querySelector("summary > *")?.textContent ?? "";
    box.tabIndex = 0;
    box.role = "group";
    box.ariaLabel = `${box.matches(".wide") ? "Columns" : "Picture"} of ${name}`;
  };
  document.addEventListener("toggle", ({ target }) => {
    if (!target.open) return;
    all(":not(.box) > pre", target).forEach(dress);
    all(".wide, .canvas", target).forEach(reach);
  }, true);

  const copied = async (pre) => {
    try {
      await navigator.clipboard.writeText(pre.textContent);
      return true;
    } catch {
      getSelection().selectAllChildren(pre);
      return document.execCommand("copy");
    }
  };

  document.addEventListener("click", async ({ target }) => {
    const button = target.closest(".copy");
    if (!button) return;
    button.textContent = (await copied(button.nextElementSibling)) ? "Copied" : "Press Ctrl+C";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });

  const diagram = document.querySelector("#diagram");
  diagram.addEventListener("change", ({ target }) => { document.body.dataset.show = target.value; });

  // Whoever follows a link to something folded wants to see it.
  const unfold = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (!target || target.tagName !== "DETAILS") return;
    if (target.hidden && form) form.reset();
    target.open = true;
    setTimeout(() => target.scrollIntoView());
  };
  addEventListener("hashchange", unfold);
  unfold();

  let folded = [];
  addEventListener("beforeprint", () => {
    folded = all("details:not([open])").filter((each) => !each.closest("[hidden]"));
    for (const each of folded) each.open = true;
  });
  addEventListener("afterprint", () => {
    for (const each of folded) each.open = false;
  });
})();
