"""What is asked of a conversation at each stop of the walk up to its start, as JavaScript in a world of its own."""

# The way `newest` goes to the newest message. `up` moves the message that was topmost in the last picture to the bottom, so
# that consecutive pictures share it; at the top edge older messages are waited for. `again` reads the same stop once more,
# after something moved while it was pictured. Lists that keep only what is near in the document, and lists that jump when
# older messages come, are brought back until a message of the stop before is there. Lists may count from their bottom
# (column-reverse) or stand on their head (scaleY(-1)). null where no message is.
STRETCH = """
async (m, way, within) => {
  const pause = ms => new Promise(done => setTimeout(done, ms));
  const frame = () => new Promise(done => { requestAnimationFrame(done); setTimeout(done, 100); });
  const end = performance.now() + within;
  const boxOf = node => node.getBoundingClientRect();
  const holding = scope => {
    if (scope.querySelector(m.message)) return scope;
    for (const node of scope.querySelectorAll('*')) {
      const inside = node.shadowRoot && holding(node.shadowRoot);
      if (inside) return inside;
    }
  };
  const scope = holding(document);
  if (!scope) return null;
  // As they stand from top to bottom, whatever their order in the document.
  const all = () => {
    const nodes = [...scope.querySelectorAll(m.message)].filter(n => !n.parentElement?.closest(m.message));
    const drawn = nodes.filter(n => n.getClientRects().length), last = drawn.length - 1;
    return last > 0 && boxOf(drawn[0]).top > boxOf(drawn[last]).top ? drawn.reverse() : drawn;
  };
  if (!all().length) return null;
  const stated = node => {
    const at = '[' + m.ident + ']', holder = node.matches(at) ? node : node.querySelector(at);
    const raw = holder ? holder.getAttribute(m.ident) : '';
    if (!m.key) return raw;
    try { return String(JSON.parse(raw)[m.key] || raw); } catch (other) { return raw; }
  };
  const look = node => node.textContent.trim() + [...node.querySelectorAll('img')].map(i => i.src).join();
  const id = node => stated(node) || '=' + look(node);
  const ids = () => all().map(id);
  const once = list => {  // an id that stands twice joins nothing
    const count = new Map();
    for (const one of list) count.set(one, (count.get(one) || 0) + 1);
    return list.filter(one => count.get(one) === 1);
  };

  const outer = node => node.parentElement || (node.getRootNode().host ?? null);
  const rolls = node => ['auto', 'scroll', 'overlay'].includes(getComputedStyle(node).overflowY);
  const root = document.scrollingElement || document.documentElement;
  let shell = all()[0].parentElement, list = null, box = null;
  const newest = all().at(-1);
  while (shell.parentElement && !shell.contains(newest)) shell = shell.parentElement;
  for (let node = shell; node && node !== root && node !== document.body && !list; node = outer(node))
    if (rolls(node)) { box ??= node; if (node.scrollHeight > node.clientHeight + 1) list = node; }
  list ??= box ?? root;
  if (list !== root) shell = list;
  // The view: what of the list is in the window and has nothing over it that stays in place, of the page's or its own.
  const whole = () => list === root ? {top: 0, bottom: innerHeight} : boxOf(list);
  const edge = () => {
    const at = whole(), wide = boxOf(shell);
    const x = (Math.max(0, wide.left) + Math.min(innerWidth, wide.right)) / 2;
    const clear = y => {
      const hit = scope.elementFromPoint(x, y);
      for (let node = hit; node && node !== shell; node = node.parentElement)
        if (shell.contains(node) && getComputedStyle(node).position === 'sticky') return false;
      return !hit || shell.contains(hit) || hit.contains(shell) || hit === scope.host;
    };
    let top = Math.max(0, at.top), bottom = Math.min(innerHeight, at.bottom);
    const least = (bottom - top) / 3;
    while (bottom - top > least && !clear(top + 1)) top += 4;
    while (bottom - top > least && !clear(bottom - 1)) bottom -= 4;
    return {top, bottom};
  };
  const flip = new DOMMatrix(getComputedStyle(list).transform).d < 0 ? -1 : 1;
  const at = () => flip * list.scrollTop;
  const move = by => list.scrollTo({top: list.scrollTop + flip * by, behavior: 'instant'});
  const atTop = () => {
    const was = list.scrollTop;
    move(-2);
    const stuck = Math.abs(list.scrollTop - was) < 1;
    list.scrollTo({top: was, behavior: 'instant'});
    return stuck;
  };
  const seen = (node, view) => { const b = boxOf(node); return b.height > 0 && b.bottom > view.top && b.top < view.bottom; };
  // A mark that is not shown, or stands beside the messages, says nothing of their start.
  const starts = () => {
    const first = boxOf(all()[0]), top = Math.max(0, whole().top);
    return [...(m.start ? (list === root ? scope : list).querySelectorAll(m.start) : [])].some(mark => {
      const b = boxOf(mark);
      return mark.checkVisibility({checkOpacity: true, checkVisibilityCSS: true}) && b.bottom >= top - 1
        && b.top <= first.top + 1 && b.left < first.right && b.right > first.left;
    });
  };
  const waits = view => [...(m.waiting ? list.querySelectorAll(m.waiting) : [])].some(node => seen(node, view));
  const still = async () => {
    await frame();
    const view = edge(), rest = performance.now() + 1500;
    let quiet = false, stood = at();
    const watcher = new MutationObserver(() => { quiet = false; });
    watcher.observe(list, {subtree: true, childList: true, characterData: true});
    while (performance.now() < (waits(view) ? end : rest)) {
      if (quiet && stood === at() && !waits(view)) break;
      quiet = true; stood = at();
      await frame(); await frame();
    }
    watcher.disconnect();
    const shown = [...list.querySelectorAll('img')].filter(i => i.currentSrc && !i.complete && seen(i, view));
    await Promise.race([Promise.allSettled(shown.map(i => i.decode())), pause(2000)]);
  };

  if (way === 'up') self.base = {ids: self.stretch, tops: self.tops};  // the stop before, however often this one is read
  const base = self.base ?? {ids: [], tops: new Map()}, before = new Set(once(base.ids)), passed = self.passed ??= new Set();
  const find = name => all().find(node => id(node) === name);
  let late = '';
  // Where the message shared with the stop before has to stand: its lower edge at the view's, or a tall one's upper edge.
  const drift = () => {
    const node = self.goal && find(self.goal.name);
    return node ? boxOf(node)[self.goal.side] - self.goal.y : 0;
  };
  // A list that jumped shows other messages now: back to where, counted from its end, the shared one stood.
  const regain = async high => {
    if (!find(self.goal.name) && flip > 0) {
      list.scrollTo({top: list.scrollHeight - self.low, behavior: 'instant'});
      await still();
    }
    const newer = new Set([...passed, ...base.ids.slice(base.ids.indexOf(self.goal.name) + 1)]);
    for (let tries = 0; tries < 40 && !find(self.goal.name) && performance.now() < end + 10000; tries++) {
      move(ids().some(one => newer.has(one)) ? -high / 2 : high / 2);
      await still();
    }
    await align();
  };
  const align = async () => {
    for (let tries = 0; tries < 5; tries++) {
      const by = drift();
      if (Math.abs(by) <= 1 || (by < 0 && atTop())) break;
      move(by);
      await still();
    }
  };
  if (way === 'up') {
    const view = edge(), high = view.bottom - view.top, highest = id(all()[0]);
    const shared = find(self.topmost) ?? all().find(node => boxOf(node).bottom > view.top + 1) ?? all().at(-1);
    const {top, bottom} = boxOf(shared), fits = view.bottom - bottom > 10, by = fits ? view.bottom - bottom : high - 100;
    self.goal = {name: id(shared), side: fits ? 'bottom' : 'top', y: fits ? view.bottom : top + by};
    self.low = list.scrollHeight - list.scrollTop + by;
    move(-by);
    await frame();
    if (atTop())
      for (let nudge = performance.now() + 1000; !starts() && id(all()[0]) === highest; await pause(20)) {
        if (performance.now() > end) { late = 'no older messages came within ' + Math.round(within / 1000) + ' s'; break; }
        if (performance.now() > nudge) { move(high / 2); await frame(); move(-high); nudge += 2000; }
      }
    await still();
    await regain(high);
    const now = find(self.goal.name);
    if (!late && !starts() && now && Math.abs(boxOf(now).bottom - bottom) < 5 && id(all()[0]) === highest)
      late = 'the list did not move';
  } else if (self.goal) {
    await still();
    await regain(innerHeight / 2);
  } else {
    for (let tries = 0, last; tries < 10 && last !== id(all().at(-1)); tries++) {
      last = id(all().at(-1));
      list.scrollTo({top: flip > 0 ? 1e9 : 0, behavior: 'instant'});
      await still();
    }
  }

  const nodes = all(), now = nodes.map(id), unlike = new Set(once(now)), view = edge();
  const joins = !self.goal || now.some(one => unlike.has(one) && before.has(one));
  const adjoins = self.goal ? !!find(self.goal.name) && drift() <= 2 : boxOf(nodes.at(-1)).bottom <= view.bottom + 2;
  for (const one of before) if (!unlike.has(one)) passed.add(one);
  self.stretch = now;
  const tops = new Map(nodes.map((node, n) => [now[n], boxOf(node).top]).filter(([one]) => unlike.has(one)));
  const first = [...base.tops].find(([one]) => tops.has(one) && tops.get(one) >= view.top);
  self.tops = tops;
  self.topmost = now[nodes.findIndex(node => boxOf(node).bottom > view.top + 1)];
  self.shell = shell;
  self.low = list.scrollHeight - list.scrollTop;
  const place = Math.round(boxOf(shell.firstElementChild || shell).top);
  return {html: shell.outerHTML, place, ids: now, joins, adjoins, start: starts(), late, top: Math.round(list.scrollTop),
    moved: first ? Math.round(tops.get(first[0]) - first[1]) : null};
}
"""
# Every element of the stretch just read with text of its own, in the picture or beyond its edge, and where it stands in the
# picture: [css path within the stretch, x, y, width, height, text].
LAYOUT = """
most => {
  const list = self.shell, found = [], seen = new Set(), range = document.createRange(), known = new Map([[list, '']]);
  if (!list || !list.isConnected || devicePixelRatio !== 1 || visualViewport.scale !== 1) return found;
  const count = node => {
    let n = 1;
    for (let one = node; (one = one.previousElementSibling);) n += one.localName === node.localName;
    return n;
  };
  const path = node => {
    if (!known.has(node)) {
      const step = CSS.escape(node.localName) + ':nth-of-type(' + count(node) + ')';
      known.set(node, [path(node.parentElement), step].filter(Boolean).join(' > '));
    }
    return known.get(node);
  };
  const walk = document.createTreeWalker(list, NodeFilter.SHOW_TEXT);
  while (walk.nextNode() && found.length < most) {
    const node = walk.currentNode.parentElement;
    if (!node || seen.has(node) || !walk.currentNode.data.trim()) continue;
    seen.add(node);
    if (['script', 'style', 'noscript', 'template', 'title'].includes(node.localName)) continue;
    if (!node.checkVisibility({checkVisibilityCSS: true})) continue;
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect(), left = Math.floor(box.left), top = Math.floor(box.top);
    if (!box.width || !box.height) continue;
    const text = (node.innerText || node.textContent).trim().slice(0, 4000);
    found.push([path(node), left, top, Math.ceil(box.right) - left, Math.ceil(box.bottom) - top, text]);
  }
  return found;
}
"""
# Where messages are drawn in a way that is not known: every box that scrolls goes to its older end, again and again, so that
# the page itself asks for what is older, until nothing more comes. Whether any box scrolls at all.
ROLL = """
async within => {
  const pause = ms => new Promise(done => setTimeout(done, ms));
  const end = performance.now() + within;
  const boxes = () => [...document.querySelectorAll('*')].filter(node => node.scrollHeight > node.clientHeight + 1
    && node.clientHeight > 100 && ['auto', 'scroll', 'overlay'].includes(getComputedStyle(node).overflowY));
  const stands = () => boxes().map(node => node.scrollHeight + ':' + node.childElementCount).join();
  if (!boxes().length) return false;
  for (let last = '', quiet = 0; quiet < 6 && performance.now() < end;) {
    for (const node of boxes()) {
      node.scrollBy({top: 80, behavior: 'instant'});
      await pause(50);
      node.scrollTo({top: -1e9, behavior: 'instant'});
    }
    await pause(250);
    const now = stands();
    quiet = now === last ? quiet + 1 : 0;
    last = now;
  }
  return true;
}
"""
# Where the stretch just read stands in the view: [place, pane]. `place` is that of its first child, so that two answers tell
# whether it stood still. `pane` is [left, top, width, height], or null where something else may stand there, too: what is
# drawn over or under it, what came and went since the last answer, or what is drawn in it and has no markup in the stretch.
PANE = """
() => {
  const list = self.shell, flickered = (self.flicker?.takeRecords() || []).slice();
  self.flicker?.disconnect();
  self.flicker = new MutationObserver(() => 0);
  self.flicker.observe(document, {subtree: true, childList: true, attributes: true});
  if (!list || !list.isConnected) return [null, null];
  const place = Math.round((list.firstElementChild || list).getBoundingClientRect().top), no = [place, null];
  if (devicePixelRatio !== 1 || visualViewport.scale !== 1) return no;  // the picture measures otherwise
  if (list.querySelector('iframe, object, embed, fencedframe, canvas')) return no;
  const twice = new Set();
  for (const {type, target, attributeName, addedNodes} of flickered) {
    if (list.contains(target)) continue;
    if ([...addedNodes].some(node => node.nodeType === Node.ELEMENT_NODE && !node.isConnected)) return no;
    if (type === 'attributes') { if (twice.has(target)) return no; twice.add(target); }
  }
  const part = (a, b) => ({left: Math.max(a.left, b.left), top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right), bottom: Math.min(a.bottom, b.bottom)});
  const inner = node => {
    const box = node.getBoundingClientRect(), left = box.left + node.clientLeft, top = box.top + node.clientTop;
    return {left, top, right: left + node.clientWidth, bottom: top + node.clientHeight};
  };
  const cuts = node => node !== document.body && node !== document.documentElement
    && getComputedStyle(node).overflow !== 'visible';
  let pane = part(list.getBoundingClientRect(), {left: 0, top: 0, right: innerWidth, bottom: innerHeight});
  for (let node = list; node; node = node.parentElement) if (cuts(node)) pane = part(pane, inner(node));
  const left = Math.ceil(pane.left), top = Math.ceil(pane.top);
  const right = Math.floor(pane.right), bottom = Math.floor(pane.bottom);
  if (right - left < 100 || bottom - top < 100) return no;
  const meets = box => box.width > 0 && box.height > 0
    && box.right > left && box.left < right && box.bottom > top && box.top < bottom;
  // A text may stand outside its element's box, where nothing that it stands in cuts it off.
  const uncut = (box, node) => {
    for (let free = false; node && node !== document.body; node = node.parentElement) {
      const style = getComputedStyle(node);
      if (free && style.position === 'static') continue;
      if (style.overflow !== 'visible' && !['inline', 'contents'].includes(style.display)) box = part(box, inner(node));
      if (style.position === 'fixed') break;
      free = style.position === 'absolute';
    }
    return {...part(box, box), width: box.right - box.left, height: box.bottom - box.top};
  };
  const range = document.createRange();
  const writes = node => [...node.childNodes].some(child => {
    if (child.nodeType !== Node.TEXT_NODE || !child.data.trim()) return false;
    range.selectNode(child);
    return [...range.getClientRects()].some(box => meets(box) && meets(uncut(box, node)));
  });
  // What a style sheet writes before or after an element; blanks (clearfix) show nothing.
  const adds = node => ['::before', '::after'].some(which => {
    const style = getComputedStyle(node, which), box = node.getBoundingClientRect();
    if (style.display === 'none' || /^(none|normal|[\\s"']*)$/.test(style.content)) return false;
    if (style.position === 'fixed' || node.contains(list)) return true;
    if (style.position !== 'absolute') return meets(box);
    const from = getComputedStyle(node).position === 'static' ? (node.offsetParent ?? node).getBoundingClientRect() : box;
    const [x, y, width, height] = ['left', 'top', 'width', 'height'].map(side => parseFloat(style[side]));
    const to = {left: from.left + x, top: from.top + y, right: from.left + x + width, bottom: from.top + y + height};
    return Number.isNaN(x + y + width + height) || meets({...to, width, height});
  });
  const drawn = ['img', 'svg', 'canvas', 'video', 'audio', 'iframe', 'object', 'embed', 'fencedframe', 'input', 'textarea',
    'select', 'progress', 'meter'];
  const paints = node => {
    const style = getComputedStyle(node);
    return [style.backgroundImage, style.borderImageSource, style.maskImage].some(image => image && image !== 'none')
      || !/, 0\\)$/.test(style.backgroundColor) || style.content !== 'normal'
      || (style.display === 'list-item' && /^["u]/.test(style.listStyleType));
  };
  const unknown = node => node.localName.includes('-') && node.matches(':defined') && !node.shadowRoot;
  const empty = node => !node.childNodes.length && node.clientWidth > 20 && node.clientHeight > 10;
  const clash = scope => {
    for (const node of scope.querySelectorAll('*')) {
      if (list.contains(node)) { if (node.shadowRoot || node.localName.includes('-')) return true; continue; }
      if (node.contains(list)) { if (writes(node) || adds(node) || node.shadowRoot) return true; continue; }
      if (node.shadowRoot && clash(node.shadowRoot)) return true;
      if (!node.checkVisibility({checkVisibilityCSS: true})) {
        if (getComputedStyle(node).display === 'contents' && (unknown(node) || writes(node))) return true;
        continue;
      }
      if (writes(node) || adds(node) || (unknown(node) && !node.childNodes.length && !node.clientHeight)) return true;
      if (meets(node.getBoundingClientRect())
        && (unknown(node) || drawn.includes(node.localName) || empty(node) || paints(node))) return true;
    }
    return false;
  };
  if (adds(list) || clash(document)) return no;
  // What scripts cannot look into (closed shadow roots) can still be hit.
  for (let x = left + 5; x < right; x += 60) for (let y = top + 5; y < bottom; y += 30) {
    const hit = document.elementFromPoint(x, y);
    if (hit && !list.contains(hit) && !hit.contains(list)) return no;
  }
  return [place, [left, top, right - left, bottom - top]];
}
"""
