// Package e2e walks through Hearth with a real browser: the real server on
// loopback with a week of the invented world, and Debian's Chromium at a desk
// and on a phone, in both themes.
//
// A walk fails on anything the browser complains of: an error on the console, a
// breach of the content security policy, an answer that is missing. Pages are
// looked through by axe-core (testdata/axe.min.js, MPL-2.0, for tests only).
// With go test -artifacts the pictures of all pages are kept.
//
// It needs chromium; where there is none the walks are left out, in CI they
// fail.
package e2e
