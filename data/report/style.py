"""The report's style, as it stands inside the file: black on white, A4 when printed."""

CSS = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 960px; padding: 32px 24px; background: #fff; color: #171c26;
  font: 14px/20px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif; }
h1 { font-size: 24px; line-height: 32px; margin: 0; letter-spacing: -0.01em; }
h2 { font-size: 16px; line-height: 24px; margin: 32px 0 8px; padding-bottom: 4px; border-bottom: 1px solid #c9cfd8; break-after: avoid; }
p { margin: 4px 0; }
a { color: #2c4cc0; }
code { font: 12px/16px ui-monospace, Menlo, Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere; }
.muted { color: #5a6372; }
.warn { border: 1px solid #c9cfd8; border-radius: 8px; padding: 8px 12px; margin: 12px 0; }
table { width: 100%; border-collapse: collapse; }
th { text-align: left; font-size: 12px; line-height: 16px; font-weight: 500; color: #5a6372; }
th, td { padding: 6px 12px 6px 0; border-bottom: 1px solid #e3e6eb; vertical-align: top; overflow-wrap: anywhere; }
tr { break-inside: avoid; }
td.num, th.num { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.value { font-size: 16px; font-weight: 600; white-space: nowrap; font-variant-numeric: tabular-nums; }
td.value small { font-size: 12px; font-weight: 400; color: #5a6372; }
td .muted { font-size: 12px; line-height: 16px; }
.better { color: #1b7d46; font-weight: 500; } .worse { color: #b92632; font-weight: 500; }
ul { margin: 0; padding: 0; list-style: none; }
li { padding: 8px 0; border-bottom: 1px solid #e3e6eb; break-inside: avoid; }
li p { margin: 0; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 4px 24px; margin: 8px 0; }
dt { color: #5a6372; } dd { margin: 0; overflow-wrap: anywhere; }
svg { display: block; }
.entry { display: flex; gap: 16px; justify-content: space-between; }
.entry > svg { flex: none; }
@media (max-width: 640px) { .spark, .entry > svg { display: none; } body { padding: 16px 12px; } }
@page { size: A4; margin: 16mm 14mm; }
@media print { body { max-width: none; padding: 0; font-size: 10.5pt; } a { color: inherit; text-decoration: none; } }
"""
