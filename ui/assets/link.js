// The link to the view, with fixed or rolling days; and the full screen for a display on a wall.
(function () {
  'use strict';
  const root = document.documentElement;
  const one = (selector) => document.querySelector(selector);
  const hasPeriod = () => { const row = one('.filters-period'); return Boolean(row) && row.checkVisibility(); };

  function address(kind) {
    const params = new URLSearchParams(location.search);
    const shown = one('[data-first]');
    params.delete('wall');
    if (kind === 'dates' && shown && hasPeriod()) {
      params.delete('period');
      params.set('from', shown.dataset.first);
      params.set('to', shown.dataset.last);
    }
    const text = window.throughlineAddress(params).toString();
    return location.origin + location.pathname + (text ? '?' + text : '');
  }

  async function copy(kind) {
    const words = one('.copy-words');
    let done = true;
    try { await navigator.clipboard.writeText(address(kind)); } catch (e) { done = byHand(address(kind)); }
    words.setAttribute('data-state', done ? 'Copied' : 'Press Ctrl+C in the address bar');
    setTimeout(() => words.removeAttribute('data-state'), 2000);
  }

  function byHand(text) {
    const area = document.createElement('textarea');
    area.value = text;
    document.body.appendChild(area);
    area.select();
    let done = false;
    try { done = document.execCommand('copy'); } catch (e) { /* not allowed */ }
    area.remove();
    return done;
  }

  // What each choice would show; chosen days do not roll, and some tabs have no days.
  function explain() {
    const params = new URLSearchParams(location.search);
    const fixed = Boolean(params.get('from') || params.get('to'));
    const dates = one('#period-dates');
    const label = one('#period-label');
    const say = { dates: (dates && dates.textContent) + ', whenever it is opened', rolling: (label && label.textContent) + ', counted from the day it is opened' };
    document.querySelectorAll('[data-copy]').forEach((choice) => {
      choice.hidden = (fixed || !hasPeriod()) && choice.dataset.copy === 'rolling';
      choice.querySelector('.copy-what').textContent = hasPeriod() ? say[choice.dataset.copy] : 'This tab as it is shown';
      if (choice.dataset.copy === 'dates') choice.firstElementChild.textContent = hasPeriod() ? 'These dates' : 'This view';
    });
  }

  window.addEventListener('throughline-menu', (event) => { if (event.detail.open && event.detail.menu === 'link') explain(); });

  // ── full screen: the address says so, so that a display can open it by itself ──
  const isWall = () => new URLSearchParams(location.search).get('wall') === '1';
  const go = (on) => window.dispatchEvent(new CustomEvent('throughline-go', { detail: { wall: on ? '1' : null } }));

  function wall(on) {
    go(on);
    if (on && root.requestFullscreen) root.requestFullscreen().catch(() => { /* the browser does not allow it */ });
    if (!on && document.fullscreenElement) document.exitFullscreen();
  }

  function paint() {
    root.toggleAttribute('data-wall', isWall());
    const button = one('[data-wall-toggle]');
    if (!button) return;
    const words = isWall() ? 'Leave full screen (Esc)' : 'Full screen';
    if (button.getAttribute('aria-label') !== words) {
      button.setAttribute('aria-label', words);
      button.setAttribute('aria-pressed', String(isWall()));
    }
  }

  // At midnight rolling days move on, though no new data may have come.
  let today = new Date().toDateString();
  setInterval(() => {
    const now = new Date().toDateString();
    if (now === today || !isWall()) return;
    today = now;
    window.location.reload();
  }, 60000);

  document.addEventListener('click', (event) => {
    const choice = event.target.closest('[data-copy]');
    if (choice) copy(choice.dataset.copy);
    if (event.target.closest('[data-wall-toggle]')) wall(!isWall());
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && isWall() && !root.hasAttribute('data-detail') && !one('.modal.show')) wall(false);
  });
  document.addEventListener('fullscreenchange', () => { if (!document.fullscreenElement && isWall()) go(false); });
  window.addEventListener('throughline-paint', paint);
})();
