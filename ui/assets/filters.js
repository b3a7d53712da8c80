// Filters: fields, their values with numbers of issues, and what is chosen as chips. The URL holds what is chosen.
(function () {
  'use strict';
  const SHORT = ['project', 'type', 'label', 'component']; // project=SHOP is short for filter=project:in:SHOP
  const WORDS = { in: 'is', not_in: 'is not', contains: 'contains', starts_with: 'begins with' };
  const NONE = 'none';
  const one = (selector, inside) => (inside || document).querySelector(selector);
  const all = (selector, inside) => Array.from((inside || document).querySelectorAll(selector));
  const panel = () => one('[data-filter-panel]');
  const button = () => one('[data-menu="filter"]');

  let read = ''; // the choices that `fields` was made of
  let fields = [];
  let field = null; // whose values are listed; null: the fields
  let op = 'in';
  let wanted = null; // which field opens with the panel
  let pending = null; // what is chosen and not in the address yet
  let timer = 0;

  function known() {
    const text = panel() ? panel().dataset.choices : '[]';
    if (text !== read) { read = text; fields = JSON.parse(text || '[]'); }
    return fields;
  }

  const titleOf = (name) => (known().find((each) => each.name === name) || { title: name }).title;

  // ── what is chosen: [{ field, op, values }], in the order of the fields ──────────────────────────────────────────
  function inAddress() {
    const params = new URLSearchParams(location.search);
    const found = new Map();
    const add = (name, how, value) => {
      const key = name + ':' + how;
      if (!found.has(key)) found.set(key, { field: name, op: how, values: [] });
      if (!found.get(key).values.includes(value)) found.get(key).values.push(value);
    };
    SHORT.forEach((name) => params.getAll(name).forEach((value) => add(name, 'in', value)));
    params.getAll('filter').forEach((text) => {
      const [, name, how, value] = text.match(/^([^:]*):?([^:]*):?([\s\S]*)$/);
      add(name, how || 'in', value);
    });
    const place = (each) => { const n = known().findIndex((one_) => one_.name === each.field); return n < 0 ? 999 : n; };
    return [...found.values()].sort((a, b) => place(a) - place(b));
  }

  const chosen = () => pending || inAddress();
  const of = (name, how) => chosen().find((each) => each.field === name && each.op === how);

  function apply() {
    clearTimeout(timer);
    if (!pending) return;
    const changes = { filter: [] };
    SHORT.forEach((name) => { changes[name] = []; });
    pending.forEach((each) => {
      const short = SHORT.includes(each.field) && each.op === 'in' && !each.values.includes('');
      each.values.forEach((value) => {
        if (short) changes[each.field].push(value);
        else changes.filter.push(each.field + ':' + each.op + ':' + value);
      });
    });
    pending = null;
    window.dispatchEvent(new CustomEvent('throughline-go', { detail: changes }));
  }

  // Ticking several values asks once, a moment after the last tick or when the panel closes.
  function change(next, now) {
    pending = next.filter((each) => each.values.length);
    clearTimeout(timer);
    if (now) apply();
    else timer = setTimeout(apply, 500);
    paint();
  }

  function toggle(value) {
    const next = chosen().map((each) => ({ ...each, values: [...each.values] }));
    let mine = next.find((each) => each.field === field && each.op === op);
    if (!mine) { mine = { field, op, values: [] }; next.push(mine); }
    mine.values = mine.values.includes(value) ? mine.values.filter((each) => each !== value) : [...mine.values, value];
    change(next, false);
  }

  function choose(how) { // what is chosen goes along
    const mine = of(field, op);
    const before = op;
    op = how;
    if (!mine || before === how) return paint();
    const next = chosen().filter((each) => each.field !== field || ![before, how].includes(each.op));
    const there = of(field, how);
    next.push({ field, op: how, values: [...new Set([...(there ? there.values : []), ...mine.values])] });
    return change(next, false);
  }

  // ── drawing ──────────────────────────────────────────────────────────────────────────────────────────────────────
  function node(tag, className, words, more) {
    const made = document.createElement(tag);
    made.className = className;
    if (words !== undefined) made.textContent = words;
    Object.entries(more || {}).forEach(([name, value]) => made.setAttribute(name, value));
    return made;
  }

  function entry(each) {
    const count = each.names.length + (each.without ? 1 : 0);
    const made = node('button', 'option', undefined, { type: 'button', 'data-filter-open': each.name, 'data-find': each.title });
    made.append(node('span', 'option-name', each.title), node('span', 'option-count', count ? each.names.length.toLocaleString('en') : 'none'));
    made.disabled = !count;
    return made;
  }

  function value(name, count) {
    const made = node('button', 'option', undefined, { type: 'button', role: 'checkbox', 'data-filter-value': name, 'data-find': name || NONE, 'aria-label': (name || NONE) + ', ' + count + ' issues' });
    made.append(node('span', 'box', ''), node('span', name ? 'option-name' : 'option-name option-none', name || NONE), node('span', 'option-count', count.toLocaleString('en')));
    return made;
  }

  function draw() {
    const list = one('[data-filter-list]', panel());
    const found = known().find((each) => each.name === field);
    if (!found) field = null;
    list.setAttribute('aria-label', found ? found.title : 'Fields');
    const search = one('input[type="search"]', panel());
    search.setAttribute('placeholder', found ? 'Find a value' : 'Find a field');
    search.setAttribute('aria-label', found ? 'Find a value of ' + found.title : 'Find a field');
    if (!found) list.replaceChildren(...known().map(entry));
    else {
      const names = found.names.map(([name, count]) => [name, count]);
      const missing = chosen().filter((each) => each.field === field).flatMap((each) => each.values)
        .filter((name) => name && !names.some(([one_]) => one_ === name));
      const rows = [...missing.map((name) => [name, 0]), ...names];
      if (found.without) rows.push(['', found.without]);
      list.replaceChildren(...rows.map(([name, count]) => value(name, count)));
    }
    if (!list.children.length) list.append(node('div', 'options-none', 'Nothing to filter by before the first sync'));
    list.scrollTop = 0;
    paint();
  }

  function show(name) {
    field = name;
    op = name && !of(name, 'in') && of(name, 'not_in') ? 'not_in' : 'in';
    const search = one('input[type="search"]', panel());
    type(search, '');
    draw();
    search.focus({ preventScroll: true });
  }

  function type(input, text) { // so that React, which owns the input, agrees
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(input, text);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }

  const shown = (values) => values.slice(0, 2).map((each) => each || NONE).join(', ') + (values.length > 2 ? ' + ' + (values.length - 2) : '');

  function chip(each) {
    const words = titleOf(each.field) + ' ' + (WORDS[each.op] || each.op);
    const made = node('span', 'chip filter-chip', undefined, { role: 'listitem' });
    const open = node('button', 'chip-open', words + ' ', { type: 'button', 'data-filter-chip': each.field, title: words + ' ' + each.values.map((one_) => one_ || NONE).join(', ') });
    open.append(node('b', '', shown(each.values)));
    const away = node('button', 'chip-away', '×', { type: 'button', 'data-filter-away': each.field + ':' + each.op, 'aria-label': 'Remove the filter ' + words + ' ' + shown(each.values) });
    made.append(open, away);
    return made;
  }

  function paint() {
    if (!panel()) return;
    const now = chosen();
    const chips = one('[data-filter-chips]');
    const mark = JSON.stringify([now, read]);
    if (chips && chips.dataset.shown !== mark) {
      chips.dataset.shown = mark;
      chips.replaceChildren(...now.map(chip));
    }
    const label = one('.menu-label', button());
    label.setAttribute('data-count', now.length ? String(now.length) : '');
    if (chips) chips.setAttribute('data-more', String(chips.scrollWidth > chips.clientWidth + 1 && chips.scrollLeft + chips.clientWidth < chips.scrollWidth - 1));
    const found = known().find((each) => each.name === field);
    one('[data-filter-head]', panel()).hidden = !found;
    one('[data-filter-field]', panel()).textContent = found ? found.title : '';
    all('[data-filter-op]', panel()).forEach((each) => each.setAttribute('aria-pressed', String(each.dataset.filterOp === op)));
    const mine = found && of(field, op);
    all('[data-filter-value]', panel()).forEach((each) => each.setAttribute('aria-checked', String(Boolean(mine && mine.values.includes(each.dataset.filterValue)))));
    all('[data-filter-open]', panel()).forEach((each) => each.setAttribute('data-chosen', String(now.some((one_) => one_.field === each.dataset.filterOpen))));
    one('[data-filter-clear]', panel()).hidden = !now.length || Boolean(found);
  }

  function find(words) {
    const wantedWords = words.trim().toLowerCase();
    all('[data-find]', panel()).forEach((each) => { each.hidden = wantedWords !== '' && !each.dataset.find.toLowerCase().includes(wantedWords); });
  }

  // ── what people do ───────────────────────────────────────────────────────────────────────────────────────────────
  document.addEventListener('click', (event) => {
    const at = (selector) => event.target.closest && event.target.closest(selector);
    const handled = () => event.stopImmediatePropagation(); // what is clicked may be gone before others look at it
    if (at('[data-filter-open]')) { handled(); return show(at('[data-filter-open]').dataset.filterOpen); }
    if (at('[data-filter-back]')) { handled(); return show(null); }
    if (at('[data-filter-op]')) { handled(); return choose(at('[data-filter-op]').dataset.filterOp); }
    if (at('[data-filter-value]')) { handled(); return toggle(at('[data-filter-value]').dataset.filterValue); }
    if (at('[data-filter-clear]')) { handled(); change([], true); return one('input[type="search"]', panel()).focus(); }
    if (at('[data-filter-away]')) {
      handled();
      const gone = at('[data-filter-away]').dataset.filterAway;
      const place = all('[data-filter-away]').indexOf(at('[data-filter-away]'));
      change(chosen().filter((each) => each.field + ':' + each.op !== gone), true);
      const left = all('[data-filter-away]');
      return (left[Math.min(place, left.length - 1)] || button()).focus({ preventScroll: true });
    }
    if (at('[data-filter-chip]')) {
      handled();
      wanted = at('[data-filter-chip]').dataset.filterChip;
      if (button().getAttribute('aria-expanded') === 'true') show(wanted);
      else button().click();
    }
    return undefined;
  }, true);

  document.addEventListener('input', (event) => {
    if (panel() && panel().contains(event.target) && event.target.type === 'search') find(event.target.value);
  });

  document.addEventListener('keydown', (event) => {
    if (!panel() || !panel().contains(event.target) || field === null) return;
    const empty = event.target.type === 'search' && !event.target.value;
    if ((empty && event.key === 'Backspace') || (event.key === 'ArrowLeft' && (empty || event.target.matches('.option')))) {
      event.preventDefault();
      const name = field;
      show(null);
      const back = one('[data-filter-open="' + CSS.escape(name) + '"]', panel());
      if (back) back.focus();
    }
  });

  window.addEventListener('throughline-menu', (event) => {
    if (event.detail.menu !== 'filter') return;
    if (!event.detail.open) { apply(); wanted = null; return; }
    show(wanted);
    wanted = null;
  });
  window.addEventListener('throughline-paint', paint);
  window.addEventListener('resize', paint);
  document.addEventListener('scroll', (event) => { if (event.target === one('[data-filter-chips]')) paint(); }, true);
})();
