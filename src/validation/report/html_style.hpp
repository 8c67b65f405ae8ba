#pragma once

namespace lowcal::validation {

/// The report's style sheet. Colours: Okabe and Ito's, always with a word or a mark beside them.
inline constexpr char const* report_style = R"css(
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 70rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif;
       color: #1a1a1a; background: #fff; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0.5rem 0; }
h2 { font-size: 1.25rem; margin: 2rem 0 0.5rem; border-bottom: 1px solid #ccc; }
p { margin: 0.5rem 0; max-width: 46rem; }
code { overflow-wrap: anywhere; }
.quiet { color: #555; font-size: 0.875rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.875rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.2rem 0.6rem; text-align: right; white-space: nowrap;
         border-bottom: 1px solid #e3e3e3; }
th:first-child, td:first-child, td.text, th.text { text-align: left; }
thead th { border-bottom: 2px solid #888; vertical-align: bottom; }
.cards { display: grid; gap: 0.75rem; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr));
         margin: 1rem 0; }
.card { border: 1px solid #ccc; border-left-width: 0.5rem; padding: 0.5rem 0.75rem; }
.card h3 { margin: 0; font-size: 1rem; overflow-wrap: anywhere; }
.card p { margin: 0.2rem 0; }
.word { font-weight: 600; }
.same, .constant { border-left-color: #009E73; }
.different { border-left-color: #D55E00; border-left-style: double; }
.few { border-left-color: #0072B2; border-left-style: dashed; }
figure { margin: 1.5rem 0; break-inside: avoid; scroll-margin-top: 6rem; }
figure svg { width: 100%; height: auto; display: block; }
.picture { overflow-x: auto; }
.picture svg { min-width: 40rem; }
.scene { display: flex; flex-wrap: wrap; gap: 0.75rem; }
.scene figure { flex: 1 1 20rem; margin: 0.5rem 0; }
.scene canvas { width: 100%; height: 24rem; border: 1px solid #ccc; touch-action: none;
                cursor: grab; }
.scene canvas:focus-visible { outline: 2px solid #0072B2; }
select { font: inherit; padding: 0.2rem; max-width: 100%; }
.legend { position: sticky; top: 0; z-index: 1; max-width: none; margin: 0; padding: 0.4rem 0;
          display: flex; flex-wrap: wrap; gap: 0.1rem 1.2rem; background: #fff;
          max-height: 5.5rem; overflow-y: auto;
          border-bottom: 1px solid #ccc; font-size: 0.875rem; }
.legend span { overflow-wrap: anywhere; }
.legend svg { vertical-align: -0.2em; }
figcaption { font-size: 0.875rem; color: #555; }
details { margin: 0.25rem 0; }
summary { cursor: pointer; padding: 0.4rem 0; }
summary:focus-visible { outline: 2px solid #0072B2; }
nav a { margin-right: 0.9rem; display: inline-block; padding: 0.2rem 0; }
a { color: #005a94; }
@media print {
  body { max-width: none; padding: 0; font-size: 9pt; }
  .picture svg { min-width: 0; }
  .legend { position: static; max-height: none; }
  nav, details:not([open]) { display: none; }
  .scroll, .picture { overflow: visible; }
  h2 { break-after: avoid; }
}
)css";

}  // namespace lowcal::validation
