// The tab "Jobs": which form is wanted, files that are read here, and charts that are asked for again after a record.
(function () {
  'use strict';
  const MOST_BYTES = 900000; // a request of the page may have 1 MB
  const clientside = (window.dash_clientside = window.dash_clientside || {});
  const set = (id, data) => clientside.set_props(id, { data: { n: Date.now(), ...data } });

  clientside.jobs = {
    draw_again(done, imported) {
      if (!done && !imported) return clientside.no_update;
      document.querySelectorAll('.chart-card[data-place="jobs"]').forEach((card) => { delete card.dataset.asked; });
      window.dispatchEvent(new CustomEvent('throughline-view'));
      return Date.now();
    },
  };

  function pickFile() {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = '.csv,.json,.jsonl,text/csv,application/json';
    input.addEventListener('change', async () => {
      const file = input.files[0];
      if (!file) return;
      const told = { name: file.name, size: file.size };
      if (file.size > MOST_BYTES) set('jobs-file', { ...told, text: '' });
      else set('jobs-file', { ...told, text: await file.text() });
    });
    input.click();
  }

  let back = null; // where the focus goes when the form closes

  document.addEventListener('click', (event) => {
    const track = event.target.closest('[data-track]');
    const file = event.target.closest('[data-import-jobs]');
    if (!track && !file) return;
    const menu = (track || file).closest('.menu');
    const opener = menu && menu.querySelector('.menu-button');
    if (opener) opener.setAttribute('aria-expanded', 'false');
    back = opener || track || file;
    if (track) set('jobs-wish', { kind: track.dataset.track, about: track.dataset.about || '' });
    else pickFile();
  });

  document.addEventListener('hidden.bs.modal', () => { if (back) back.focus({ preventScroll: true }); });
})();
