"""What is asked of a page, as JavaScript run in a world of its own: the page's scripts cannot see or replace it."""

# Each is an expression for a function; arguments are appended as JSON.

PARSED = """
async () => {
  if (document.readyState === 'loading')
    await new Promise(done => document.addEventListener('DOMContentLoaded', done, {once: true}));
  return document.documentElement ? document.documentElement.outerHTML : '';
}
"""

# Resolves to '' when the page stands still, or names what does not come to rest. Pictures that load lazily and are out of
# view are left out: they have not been asked for yet.
STILL = """
async (still, within, drawing) => {
  let late = '';
  const end = performance.now() + within;
  const pause = ms => new Promise(done => setTimeout(done, ms));
  const bounded = async (what, wait) => {
    if (late) return;
    const left = Math.max(0, end - performance.now());
    const won = await Promise.race([wait().then(() => true, why => why !== 'late'), pause(left).then(() => false)]);
    if (!won) late = what;
  };
  const inView = image => { const box = image.getBoundingClientRect(); return box.bottom > 0 && box.top < innerHeight; };
  await bounded('the page did not finish loading', () => document.readyState === 'complete' ? Promise.resolve()
    : new Promise(done => addEventListener('load', done, {once: true})));
  await bounded('fonts did not finish loading', () => document.fonts ? document.fonts.ready : Promise.resolve());
  await bounded('pictures did not finish loading', () => Promise.allSettled([...document.images]
    .filter(image => image.currentSrc && (image.loading !== 'lazy' || inView(image))).map(image => image.decode())));
  await bounded('the page kept changing', () => new Promise(done => {
    let timer = setTimeout(finish, still);
    const watcher = new MutationObserver(() => { clearTimeout(timer); timer = setTimeout(finish, still); });
    function finish() { watcher.disconnect(); done(); }
    watcher.observe(document, {subtree: true, childList: true, characterData: true, attributes: true});
    setTimeout(() => watcher.disconnect(), Math.max(0, end - performance.now()));
  }));
  // What is not drawn yet stands in no picture.
  const drawn = new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  await bounded('the page was not drawn', () => Promise.race([drawn, pause(drawing).then(() => { throw 'late'; })]));
  return late;
}
"""

# Resolves to true once nothing in view says that the page still loads (a spinner, a skeleton, "Loading…"); false at the end.
LOADED = """
async within => {
  const end = performance.now() + within, pause = ms => new Promise(done => setTimeout(done, ms));
  const named = /(?:^|[-_\\s])(?:spinner|skeleton|loading|loader)(?:[-_\\s]|$)/i;
  const says = /^\\s*(?:loading|please wait|加载中|正在加载|cargando|memuat|laden|chargement|carregando|загрузка)\\W*$/i;
  const inView = node => {
    const box = node.getBoundingClientRect();
    return box.width >= 12 && box.height >= 12 && box.bottom > 0 && box.top < innerHeight && box.right > 0
      && box.left < innerWidth && node.checkVisibility({checkOpacity: true, checkVisibilityCSS: true});
  };
  // Such a class stays on what has come in, too: a sign is a box without a picture and with hardly a word in it.
  const bare = node => node.localName !== 'img' && !node.querySelector('img') && node.textContent.trim().length < 40;
  const loading = () => [...document.querySelectorAll('[aria-busy="true"], [class*="spin"], [class*="skeleton"], '
      + '[class*="load"], [role="progressbar"]')].some(node => (node.ariaBusy === 'true' || node.role === 'progressbar'
      || (named.test(node.getAttribute('class') || '') && bare(node))) && inView(node))
    || [...document.querySelectorAll('body *')].some(node => node.childElementCount === 0
      && node.textContent.length < 30 && says.test(node.textContent) && inView(node));
  while (loading()) { if (performance.now() > end) return false; await pause(200); }
  return true;
}
"""

SCROLL = """
async y => {
  const frame = () => new Promise(done => { requestAnimationFrame(done); setTimeout(done, 100); });
  scrollTo({left: 0, top: y, behavior: 'instant'});
  await frame(); await frame();
  return [Math.round(scrollX), Math.round(scrollY), innerWidth, innerHeight];
}
"""

SIZE = """
() => {
  const page = document.scrollingElement || document.documentElement, body = document.body;
  return [Math.max(page.scrollWidth, innerWidth), Math.max(page.scrollHeight, body ? body.scrollHeight : 0, 1)];
}
"""

WATCH = """
() => {
  if (self.watcher) self.watcher.disconnect();
  self.changes = 0;
  self.watcher = new MutationObserver(list => { self.changes += list.length; });
  self.watcher.observe(document, {subtree: true, childList: true, characterData: true, attributes: true});
}
"""

CHANGES = """
() => {
  if (!self.watcher) return 0;
  self.changes += self.watcher.takeRecords().length;
  const count = self.changes;
  self.changes = 0;
  return count;
}
"""

# outerHTML knows nothing of shadow roots; getHTML writes the open ones as <template shadowrootmode>.
SOURCE = """
() => {
  const root = document.documentElement;
  if (!root) return '';
  const shadows = [];
  const walk = scope => { for (const node of scope.querySelectorAll('*')) if (node.shadowRoot) {
    shadows.push(node.shadowRoot); walk(node.shadowRoot); } };
  walk(document);
  const kind = document.doctype ? new XMLSerializer().serializeToString(document.doctype) + '\\n' : '';
  if (!shadows.length || !root.getHTML) return kind + root.outerHTML;
  const shell = root.cloneNode(false).outerHTML, cut = shell.lastIndexOf('</');
  return kind + shell.slice(0, cut) + root.getHTML({shadowRoots: shadows}) + shell.slice(cut);
}
"""

TEXT = "() => (document.body || document.documentElement || {innerText: ''}).innerText || ''"

ZONE = "() => Intl.DateTimeFormat().resolvedOptions().timeZone"

# Every element with text of its own that is to be seen, and where its text stands on the page: [css path, x, y, width,
# height, text]. The path is written as the readers write theirs, from the nearest module block that stands once, or from the
# root. What is cut off by a box around it (a list that scrolls by itself, dots at a line's end) or covered is left out.
BOXES = """
most => {
  const modules = new Map();
  for (const block of document.querySelectorAll('[data-module-name]')) {
    const name = block.getAttribute('data-module-name');
    modules.set(name, block.textContent.trim() || modules.has(name) ? (modules.get(name) || 0) + 1 : 1);
  }
  const nth = new Map();
  const count = (node, seen = {}) => { for (let one = node.parentNode.firstElementChild; one; one = one.nextElementSibling)
    nth.set(one, seen[one.localName] = (seen[one.localName] || 0) + 1); };
  const step = node => {
    const name = node.localName;
    if (!nth.has(node)) count(node);
    return ['html', 'body'].includes(name) ? name : CSS.escape(name) + ':nth-of-type(' + nth.get(node) + ')';
  };
  const known = new Map();
  const path = node => {
    if (!node) return '';
    if (known.has(node)) return known.get(node);
    const name = node.getAttribute('data-module-name');
    let whole = name && modules.get(name) === 1 && /^[\\w.-]+$/.test(name) ? '[data-module-name="' + name + '"]'
      : [path(node.parentElement), step(node)].filter(Boolean).join(' > ');
    known.set(node, whole);
    return whole;
  };
  const part = (a, b) => ({left: Math.max(a.left, b.left), top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right), bottom: Math.min(a.bottom, b.bottom)});
  const page = {left: -scrollX, top: -scrollY, right: Infinity, bottom: Infinity};
  const edges = new Map([[document.documentElement, page], [document.body, page]]);
  const edge = node => {
    if (!node) return page;
    if (!edges.has(node)) {
      const outer = edge(node.parentElement), cuts = getComputedStyle(node).overflow !== 'visible';
      edges.set(node, cuts ? part(outer, node.getBoundingClientRect()) : outer);
    }
    return edges.get(node);
  };
  const covered = (node, box) => {
    const x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
    const top = document.elementFromPoint(x, y);  // null out of view
    return !!top && !top.contains(node) && !node.contains(top);
  };
  const whole = box => { const left = Math.floor(box.left + scrollX), top = Math.floor(box.top + scrollY);
    return [left, top, Math.ceil(box.right + scrollX) - left, Math.ceil(box.bottom + scrollY) - top]; };
  const found = [], seen = new Set(), range = document.createRange();
  const walk = document.createTreeWalker(document.body || document.documentElement, NodeFilter.SHOW_TEXT);
  while (walk.nextNode() && found.length < most) {
    const node = walk.currentNode.parentElement;
    if (!node || seen.has(node) || !walk.currentNode.data.trim()) continue;
    seen.add(node);
    if (['script', 'style', 'noscript', 'template', 'title'].includes(node.localName)) continue;
    if (!node.checkVisibility({checkOpacity: true, checkVisibilityCSS: true})) continue;
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect(), seen_of_it = part(box, edge(node));
    if (!box.width || !box.height || covered(node, box)) continue;
    if (seen_of_it.right - seen_of_it.left < box.width - 1 || seen_of_it.bottom - seen_of_it.top < box.height - 1) continue;
    found.push([path(node), ...whole(box), (node.innerText || node.textContent).trim().slice(0, 400)]);
  }
  return found;
}
"""

# What the page and its workers stored in the browser, as kind, name and value; a page that may store nothing has none. Of
# what a worker put away (requests with their headers and answers, databases) what can be read in `within` milliseconds.
STORED = """
async within => {
  const found = [], most = 200, longest = 200000;
  const put = (kind, name, value) => { if (String(value).length <= longest) found.push([kind, name, String(value)]); };
  for (const kind of ['localStorage', 'sessionStorage']) {
    try { for (const key of Object.keys(self[kind])) found.push(['storage', key, self[kind].getItem(key)]); }
    catch (refused) { }
  }
  const cached = async () => {
    for (const name of (await caches.keys()).slice(0, 20)) {
      const cache = await caches.open(name);
      for (const asked of (await cache.keys()).slice(0, most)) {
        const answer = await cache.match(asked);
        for (const [key, value] of new URL(asked.url).searchParams) put('storage', key, value);
        for (const told of [asked, answer]) for (const [key, value] of told ? told.headers : []) put('header', key, value);
        if (answer && /json/.test(answer.headers.get('content-type'))) put('storage', 'cache', await answer.text());
      }
    }
  };
  const answered = request => new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = request.onblocked = () => failed(request.error);
  });
  const kept = async () => {
    for (const { name } of (await indexedDB.databases()).slice(0, 20)) {
      const base = await answered(indexedDB.open(name));
      try {
        for (const store of [...base.objectStoreNames].slice(0, 20)) {
          const rows = base.transaction(store).objectStore(store);
          const [keys, values] = [await answered(rows.getAllKeys(null, most)), await answered(rows.getAll(null, most))];
          values.forEach((value, at) => {
            if (typeof value === 'string') put('storage', String(keys[at]), value);
            else try { put('storage', 'database', JSON.stringify(value)); } catch (circular) { }
          });
        }
      } finally { base.close(); }
    }
  };
  const late = new Promise(done => setTimeout(done, within));
  await Promise.race([late, Promise.allSettled([cached(), kept()])]);
  return found;
}
"""
