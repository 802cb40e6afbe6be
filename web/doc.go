// Package web is Hearth in a browser: pages rendered with html/template over
// the same verbs that the API calls. They work without script for reading and
// for forms; htmx swaps parts, streams announce what is new, charts are drawn
// from numbers.
//
// Foreign text stays text: nothing of a post becomes markup, its direction is
// isolated in <bdi>, what hides or misleads is written out (foreign.go), links
// show the host they lead to. The policy of every answer allows no inline
// script or style and no markup made by script (policy.go); the only place that
// hands markup to templates is icons.go.
//
// # How to add a page
//
//  1. page_NAME.go: a typed struct of what is shown, words and numbers ready,
//     and a handler
//
//     func (web *Web) name(v *visit) error {
//     list, err := web.o.Monitors.List(v.ctx(), v.by) // verbs only, with the visitor's actor
//     if err != nil {
//     return err // hearth.Error: shown as a page with its sentence
//     }
//     return v.show("NAME", v.say("nav.NAME"), &namePage{…})
//     }
//
//     showCharts instead of show loads the chart library. If v.part() says that
//     htmx asks, answer one block: v.block(200, "NAME", "BLOCK", data). After a
//     form: return v.back("/where").
//
//  2. pages/NAME.html with {{define "main"}}; dot is the struct. Parts to use
//     stand in parts/: post, stat, chart, facet, empty, query, reading, time,
//     skeleton, notice, table, chip, segments; /style shows them all.
//     Functions: t "key" "name" value …, name "set" .Value, number, percent,
//     decimal, language, icon "NAME", asset, nonce, visible, shorten.
//
//  3. A line in Routes (routes.go): page, heavy, form or stream, with the
//     permissions that its verbs ask for; and a place in rail (nav.go).
//
//  4. locale/NAME.LANG.json for en, de, fi and zh; tests name keys that are
//     missing or unused. Numbers go in as n, which chooses the plural.
//
//  5. static/css/N-NAME.css in @layer pages, if components do not do;
//     static/js/N-NAME.js, an IIFE, if there is no other way. Never innerHTML.
//
//  6. A new capability is a field of Options, set in server.
//
// Every element with hx-… carries hx-nonce="{{nonce}}"; no hx-on, js:, trigger
// filters, style= or <style>: template_test.go refuses them. Times go through
// v.when, text from outside through shorten, visible or stretches. What costs
// more than a list is a part of its own, fetched by hx-trigger="load" with a
// skeleton of its height. What a page shows stands in its address.
package web
