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
