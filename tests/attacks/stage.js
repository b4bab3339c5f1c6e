// Puts what is tested into frames of this page, does to it all that a person could, and says what
// became of it. `items`: [{key, url | html}]; answers [[key, problem], ...].
async (items) => {
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const lists = {
    dead: new Set("script iframe frame frameset object embed applet base style form input button select textarea template portal svg math audio video link meta dialog".split(" ")),
    page: new Set("link meta input".split(" ")),
  };
  const address = (value) => {
    try { return new URL(value, "https://relative.example/").protocol; } catch { return "unreadable:"; }
  };
  const problems = [];
  const frames = await Promise.all(items.map((item) => new Promise((resolve) => {
    const frame = document.createElement("iframe");
    frame.width = 300; frame.height = 200;
    const done = () => resolve({ item, frame });
    if (item.url) {
      frame.addEventListener("load", done, { once: true });
      setTimeout(done, 15000);
      frame.src = item.url;
      document.body.append(frame);
      return;
    }
    document.body.append(frame);
    const inside = frame.contentDocument;
    frame.contentWindow.ran = (number) => console.log("ran:" + number);
    for (const [key, html] of item.parts) {
      const box = inside.createElement("div");
      box.dataset.key = key;
      inside.body.append(box);
      box.innerHTML = html;
    }
    done();
  })));
  await pause(50);
  for (const one of frames) {
    try { one.document = one.frame.contentDocument; one.base = one.document.baseURI; } catch { one.document = null; }
    if (!one.document || !one.document.body) { problems.push([one.item.key, "its frame holds another page"]); continue; }
    const key = (element) => element.closest("[data-key]")?.dataset.key ?? one.item.key;
    const root = one.item.url ? one.document : one.document.body;
    if (one.item.audit !== false) {
      for (const element of root.querySelectorAll("*")) {
        const name = element.localName, body = !one.item.url || element.closest(".body");
        if (element.hasAttribute("data-key")) continue;
        if (lists.dead.has(name) && (body || !lists.page.has(name)))
          problems.push([key(element), `<${name}>`]);
        if (name === "meta" && element.httpEquiv) problems.push([key(element), `<meta ${element.httpEquiv}>`]);
        for (const { name: attribute, value } of element.attributes) {
          if (/^on|^style$|srcdoc|srcset|ping|formaction|background|^is$/.test(attribute) || (body && /^(id|name|target|data-.*)$/.test(attribute)))
            problems.push([key(element), `<${name} ${attribute}>`]);
          if (/^(href|src|cite|action|data|poster|xlink:href)$/.test(attribute) && !["http:", "https:", "mailto:"].includes(address(value)))
            problems.push([key(element), `<${name} ${attribute}=${value.slice(0, 60)}>`]);
        }
      }
    }
    for (const [name, type] of [["getElementById", "function"], ["querySelector", "function"], ["createElement", "function"], ["cookie", "string"], ["domain", "string"], ["nodeName", "string"]])
      if (typeof one.document[name] !== type) problems.push([one.item.key, `document.${name} is another`]);
    if (one.item.base !== undefined && one.base !== one.item.base) problems.push([one.item.key, "its base is another"]);
  }
  // All that a person could do, and all that a listener may wait for.
  for (const one of frames) {
    if (!one.document) continue;
    try {
      for (const details of one.document.querySelectorAll("details")) details.open = true;
      for (const element of one.document.querySelectorAll("*")) {
        if (element.localName === "img") element.loading = "eager";
        for (const attribute of [...element.attributes])
          if (attribute.name.startsWith("on")) element.dispatchEvent(new one.frame.contentWindow.Event(attribute.name.slice(2), { bubbles: true }));
        if (typeof element.focus === "function" && element.matches("a, button, input, select, textarea, summary, [tabindex], [contenteditable]")) element.focus();
        element.dispatchEvent(new one.frame.contentWindow.MouseEvent("mouseover", { bubbles: true }));
        element.dispatchEvent(new one.frame.contentWindow.KeyboardEvent("keydown", { bubbles: true, key: "Enter" }));
      }
      for (const element of one.document.querySelectorAll("a, area, button, input, summary, label, [onclick]")) {
        const target = element.href?.baseVal ?? element.getAttribute("href") ?? element.getAttribute("xlink:href");
        // Where a link leads on the web is its author's to say; that it leads there alone is ours.
        const leads = element.matches("a, area") && target !== null && /^(https?|mailto):$/.test(address(target));
        if (leads) element.addEventListener("click", (event) => event.preventDefault());
        if (typeof element.click === "function") element.click();
        else element.dispatchEvent(new one.frame.contentWindow.MouseEvent("click", { bubbles: true, cancelable: true }));
      }
    } catch (error) { problems.push([one.item.key, `it could not be looked at: ${error}`]); }
  }
  await pause(250);
  for (const one of frames) {
    let now = null;
    try { now = one.frame.contentDocument; } catch { now = null; }
    if (one.document && now !== one.document) problems.push([one.item.key, "it was replaced"]);
    one.frame.remove();
  }
  return problems;
}
