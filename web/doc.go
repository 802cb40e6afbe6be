// Package web is Hearth in a browser: so far one page that says how everything
// is doing. Pages are rendered here with html/template and work without any
// script; a small one keeps an open page fresh.
//
// Posts are shown as text: nothing of them becomes markup, their direction is
// isolated, and what could mislead the eye is written out (hearth.Visible). The
// policy sent with each page allows nothing but our own style and script.
package web
