// How the table of issues shows a key: as a link to the issue's history, and beside it one to Jira.
(function () {
  'use strict';
  const parts = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  parts.IssueLink = function (props) {
    const url = (props.data && props.data.url) || '';
    const words = props.value || '';
    if (!words) return words;
    const make = window.React.createElement;
    const asked = new URLSearchParams(location.search);
    asked.set('issue', words);
    const history = make('a', { href: '?' + asked, title: 'History of ' + words, 'data-nav': 'in', key: 'history' }, words);
    if (!/^https?:\/\//i.test(url)) return history; // only an address of the web becomes a link to Jira
    const label = 'Open ' + words + ' in Jira';
    const jira = { href: url, target: '_blank', rel: 'noopener noreferrer', className: 'key-jira', title: label, 'aria-label': label, key: 'jira' };
    return [history, make('a', jira, make('span', { className: 'icon icon-box-arrow-up-right', 'aria-hidden': 'true' }))];
  };

  const clientside = (window.dash_clientside = window.dash_clientside || {});
  clientside.issue_table = {
    // what the buttons and the search box ask for, as the table's own filter: it then asks the server again
    narrow(which, text) {
      const model = {};
      if (which && which !== 'all') model.which = { filterType: 'text', type: 'equals', filter: which };
      if (text && text.trim()) model.text = { filterType: 'text', type: 'contains', filter: text.trim().slice(0, 200) };
      return model;
    },
  };
})();
