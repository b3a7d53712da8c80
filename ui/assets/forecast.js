// The forms of the tab "Forecast": what is filled in becomes the address, and the address is what is answered.
(function () {
  'use strict';
  const QUESTIONS = ['by', 'items', 'version', 'epic', 'teams'];

  document.addEventListener('submit', (event) => {
    const form = event.target.closest('form[data-asks]');
    if (!form) return;
    event.preventDefault();
    const names = form.dataset.asks.split(' ');
    const params = new URLSearchParams(location.search);
    ['metric', 'chart', 'pick', ...names].forEach((name) => params.delete(name));
    if (names.some((name) => QUESTIONS.includes(name))) QUESTIONS.forEach((name) => params.delete(name));
    names.forEach((name) => {
      const value = (form.elements[name] || {}).value;
      if (value && value.trim()) params.set(name, value.trim());
    });
    if (params.get('version') && params.get('epic')) params.delete(form.dataset.last === 'version' ? 'epic' : 'version');
    const link = document.createElement('a'); // ui/assets/page.js follows it like any link of the page
    link.href = '?' + params;
    link.dataset.nav = 'link';
    link.hidden = true;
    document.body.appendChild(link);
    link.click();
    link.remove();
  });

  document.addEventListener('input', (event) => {
    const form = event.target.closest && event.target.closest('form[data-asks]');
    if (form) form.dataset.last = event.target.name; // of version and epic the one typed last counts
  });
})();
