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
async (still, within) => {
  let late = '';
  const end = performance.now() + within;
  const pause = ms => new Promise(done => setTimeout(done, ms));
  const bounded = async (what, wait) => {
    if (late) return;
    const left = Math.max(0, end - performance.now());
    const won = await Promise.race([wait().then(() => true, () => true), pause(left).then(() => false)]);
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
  return late;
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

# What the page stored in the browser; a page that may store nothing has none.
STORED = """
() => {
  const found = [];
  for (const kind of ['localStorage', 'sessionStorage']) {
    try { for (const key of Object.keys(self[kind])) found.push([key, self[kind].getItem(key)]); } catch (refused) { }
  }
  return found;
}
"""

# One stop of a walk up a conversation. `up` first moves the topmost message in view to the bottom, so that consecutive stops
# share it; at the top edge older messages are waited for. Lists that keep only what is near in the document, and lists that
# jump when older messages come, are brought back until a message of the stop before is there. null where no message is.
STRETCH = """
async (m, up, within) => {
  const pause = ms => new Promise(done => setTimeout(done, ms));
  const frame = () => new Promise(done => { requestAnimationFrame(done); setTimeout(done, 100); });
  const all = () => [...document.querySelectorAll(m.message)].filter(n => !n.parentElement.closest(m.message));
  const id = node => {
    const at = '[' + m.ident + ']', holder = node.matches(at) ? node : node.querySelector(at);
    const raw = holder ? holder.getAttribute(m.ident) : '';
    if (!m.key) return raw;
    try { return String(JSON.parse(raw)[m.key] || raw); } catch (other) { return raw; }
  };
  const ids = () => all().map(id);
  if (!all().length) return null;
  const scrolls = node => ['auto', 'scroll', 'overlay'].includes(getComputedStyle(node).overflowY)
    && node.scrollHeight > node.clientHeight + 1;
  const root = document.scrollingElement;
  let list = all()[0].parentElement;
  while (list && list !== root && list !== document.body && !scrolls(list)) list = list.parentElement;
  if (!list || list === document.body) list = root;
  const edge = () => list === root ? {top: 0, bottom: innerHeight} : list.getBoundingClientRect();
  const move = by => { list.scrollTop = Math.max(0, list.scrollTop + by); };
  const starts = () => {
    const mark = m.start && document.querySelector(m.start);
    return !!mark && mark.getBoundingClientRect().bottom >= edge().top - 1;
  };
  const inView = node => {
    const box = node.getBoundingClientRect();
    return box.height > 0 && box.bottom > edge().top && box.top < edge().bottom;
  };
  const waits = () => [...(m.waiting ? list.querySelectorAll(m.waiting) : [])].some(inView);
  const still = async () => {
    await frame();
    let left = 100, quiet = false;
    const watcher = new MutationObserver(() => { quiet = false; });
    watcher.observe(list, {subtree: true, childList: true, characterData: true});
    while (left-- && !(quiet && !waits())) { quiet = true; await frame(); await frame(); }
    watcher.disconnect();
    const shown = [...list.querySelectorAll('img')].filter(i => i.currentSrc && !i.complete && inView(i));
    await Promise.race([Promise.allSettled(shown.map(i => i.decode())), pause(2000)]);
  };
  const end = performance.now() + within, before = new Set(self.stretch || []);
  let late = '';
  if (up) {
    const seen = all().find(n => n.getBoundingClientRect().bottom > edge().top + 1);
    const high = edge().bottom - edge().top;
    const stood = seen.getBoundingClientRect(), shared = id(seen), lower = edge().bottom - stood.bottom;
    const highest = ids()[0], from = list.scrollTop, by = lower > 10 ? lower : high - 100;
    move(-by);
    await frame();
    if (list.scrollTop <= 1)
      while (!starts() && ids()[0] === highest) {
        if (performance.now() > end) { late = 'no older messages came within ' + Math.round(within / 1000) + ' s'; break; }
        await pause(20);
      }
    await still();
    for (let tries = 0; tries < 40 && !ids().some(i => before.has(i)); tries++) { move(high * 0.5); await still(); }
    const drift = () => {
      const node = all().find(one => id(one) === shared);
      return node ? node.getBoundingClientRect().top - stood.top - by : 0;
    };
    for (let tries = 0; tries < 5 && drift() > 10; tries++) { move(drift()); await still(); }
    if (!late && !starts() && list.scrollTop >= from && ids()[0] === highest) late = 'the list did not move';
  } else await still();
  const now = ids();
  const joins = !before.size || now.some(i => before.has(i));
  self.stretch = now;
  const tops = new Map(all().map(node => [id(node), node.getBoundingClientRect().top]));
  const first = [...(self.tops || [])].find(([one, top]) => tops.has(one) && top >= edge().top);
  self.tops = tops;
  self.shell = list === root ? all()[0].parentElement : list;
  return {html: self.shell.outerHTML, ids: now, joins, start: starts(), late, top: Math.round(list.scrollTop),
    moved: first ? Math.round(tops.get(first[0]) - first[1]) : null};
}
"""

# Where in the view the stretch just read stands, and the place of its first message, so that two answers tell whether it
# stood still: [left, top, width, height, first]. null where something else may stand there, too: what is drawn over it, or
# what is drawn in it and has no markup in the stretch; and where the page is zoomed, so that the picture measures otherwise.
PANE = """
() => {
  const list = self.shell;
  if (!list || !list.isConnected || list.querySelector('iframe, object, embed')) return null;
  if (devicePixelRatio !== 1 || visualViewport.scale !== 1) return null;
  const part = (a, b) => ({left: Math.max(a.left, b.left), top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right), bottom: Math.min(a.bottom, b.bottom)});
  let pane = part(list.getBoundingClientRect(), {left: 0, top: 0, right: innerWidth, bottom: innerHeight});
  for (let node = list; node && node !== document.body; node = node.parentElement) {
    if (getComputedStyle(node).overflow === 'visible') continue;
    const box = node.getBoundingClientRect(), left = box.left + node.clientLeft, top = box.top + node.clientTop;
    pane = part(pane, {left, top, right: left + node.clientWidth, bottom: top + node.clientHeight});
  }
  const left = Math.ceil(pane.left), top = Math.ceil(pane.top);
  const right = Math.floor(pane.right), bottom = Math.floor(pane.bottom);
  if (right - left < 100 || bottom - top < 100) return null;
  const drawn = ['img', 'svg', 'canvas', 'video', 'iframe', 'object', 'embed', 'input', 'textarea', 'select'];
  const hides = node => node.shadowRoot || (node.localName.includes('-') && node.matches(':defined'));
  const lies = box => Math.min(box.right, right) > Math.max(box.left, left)
    && Math.min(box.bottom, bottom) > Math.max(box.top, top);
  const seen = (box, node) => {  // without what is cut off by what it stands in
    for (let free = false; node !== document.body; node = node.parentElement) {
      const style = getComputedStyle(node);
      if (free && style.position === 'static') continue;
      if (style.overflow !== 'visible' && !['inline', 'contents'].includes(style.display))
        box = part(box, node.getBoundingClientRect());
      if (style.position === 'fixed') break;
      free = style.position === 'absolute';
    }
    return box;
  };
  const words = node => [...node.childNodes].filter(one => one.nodeType === Node.TEXT_NODE && one.data.trim())
    .flatMap(one => { const range = document.createRange(); range.selectNode(one); return [...range.getClientRects()]; });
  for (const node of [document.body, ...document.body.querySelectorAll('*')]) {
    if (list.contains(node)) { if (node.shadowRoot || node.localName.includes('-')) return null; continue; }
    if (hides(node)) { if (node.checkVisibility()) return null; continue; }
    const boxes = words(node);  // text may stand out of its box, also of one that has no size
    if (drawn.includes(node.localName)) boxes.push(node.getBoundingClientRect());
    const over = boxes.some(box => lies(box) && lies(seen(box, node)));
    if (over && getComputedStyle(node).visibility === 'visible') return null;
  }
  return [left, top, right - left, bottom - top, Math.round(list.firstElementChild.getBoundingClientRect().top)];
}
"""
