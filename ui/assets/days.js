// Fields of days: the day is written over the field as 16 Nov 2026, and a click anywhere in it opens the calendar.
(function () {
  'use strict';
  const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  const words = (day) => {
    const [year, month, date] = day.split('-').map(Number);
    return year && month && date ? date + ' ' + MONTHS[month - 1] + ' ' + year : '';
  };

  function write(field) {
    const input = field.querySelector('input');
    const said = field.querySelector('.day-words');
    if (!input || !said) return;
    const text = words(input.value) || 'Choose a day';
    if (said.dataset.words !== text) said.dataset.words = text; // no text: it would become part of the label
    said.classList.toggle('day-none', !input.value);
  }

  const writeAll = () => document.querySelectorAll('.day-field').forEach(write);
  window.throughlineDay = words; // page.js says both days of a period
  document.addEventListener('input', (event) => {
    const field = event.target.closest && event.target.closest('.day-field');
    if (field) write(field);
  });
  document.addEventListener('click', (event) => {
    const input = event.target.closest && event.target.closest('.day-field input');
    if (!input || !input.showPicker) return;
    try { input.showPicker(); } catch (e) { /* it is open, or the browser has none */ }
  });
  window.addEventListener('throughline-paint', writeAll);
  window.addEventListener('throughline-menu', writeAll);
})();
