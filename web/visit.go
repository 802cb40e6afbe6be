package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/access"
)

// visit is one request and who made it.
type visit struct {
	*words
	web   *Web
	w     http.ResponseWriter
	r     *http.Request
	by    access.Actor
	zone  *time.Location
	theme string // light, dark or "": as the system has it
	now   time.Time
	nonce string
	route Route
}

// newVisit finds out who asks and how they like to read. Its error is the
// answer; the visit is there all the same, to word it.
func (web *Web) newVisit(route Route, w http.ResponseWriter, r *http.Request) (*visit, error) {
	v := &visit{web: web, w: w, r: r, route: route, now: web.o.Clock(), zone: time.UTC}
	v.words = web.words[chosen(cookie(r, "lang"), r.Header.Get("Accept-Language"))]
	if theme := cookie(r, "theme"); theme == "light" || theme == "dark" {
		v.theme = theme
	}
	if zone, err := time.LoadLocation(cookie(r, "zone")); err == nil && zone != time.Local {
		v.zone = zone
	}
	var err error
	if v.nonce, err = newNonce(web.o.Random); err != nil {
		return v, err
	}
	if v.by, err = web.o.Actor(r); route.Open {
		err = nil // a door is for those who have nothing yet
	}
	return v, err
}

// cookie is the value of one of our cookies that is no secret.
func cookie(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil || len(c.Value) > 64 {
		return ""
	}
	return c.Value
}

func (v *visit) ctx() context.Context { return v.r.Context() }

// part says whether htmx asks for a part of a page only.
func (v *visit) part() bool {
	return v.r.Header.Get("HX-Request") == "true" && v.r.Header.Get("HX-Boosted") != "true"
}

// query is a parameter of the address.
func (v *visit) query(name string) string { return v.r.URL.Query().Get(name) }

// number is a parameter of the address that is a whole number; 0 where it is
// missing or none.
func (v *visit) queryNumber(name string) int64 {
	n, err := strconv.ParseInt(v.query(name), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// form reads the form that was sent.
func (v *visit) form() (url.Values, error) {
	if err := v.r.ParseForm(); err != nil {
		return nil, hearth.Errorf(hearth.Invalid, "This form could not be read; send it again.")
	}
	return v.r.PostForm, nil
}

// show answers with a whole page: its block "main" within the shell.
func (v *visit) show(name, title string, data any) error { return v.showWith(name, title, false, data) }

// showCharts is show for a page with charts.
func (v *visit) showCharts(name, title string, data any) error {
	return v.showWith(name, title, true, data)
}

func (v *visit) showWith(name, title string, charts bool, data any) error {
	return v.block(http.StatusOK, name, "shell", v.shell(title, charts, data))
}

func (v *visit) shell(title string, charts bool, data any) *shell {
	s := &shell{
		Lang: v.lang, Theme: v.theme, Title: title, Path: v.r.URL.RequestURI(), Zone: v.zone.String(),
		Rail: railAt(v.r.URL.Path), Charts: charts, Page: data, Workspace: "Hearth",
		Help: helpFor(v.r.URL.Path),
	}
	if v.by.Kind == access.User {
		s.User = v.by.Name
	}
	if v.r.Method != http.MethodGet {
		s.Path = v.r.URL.Path
	}
	for _, lang := range languages {
		s.Languages = append(s.Languages, choice{lang, v.web.words[lang].say("language.self"), lang == v.lang})
	}
	for _, theme := range []string{"", "light", "dark"} {
		s.Themes = append(s.Themes, choice{theme, v.name("theme", "as-"+theme), theme == v.theme})
	}
	return s
}

// block answers with one block of a page's templates.
func (v *visit) block(status int, page, block string, data any) error {
	body, err := v.web.pages.render(v.lang, page, block, v.nonce, data)
	if err != nil {
		return fmt.Errorf("rendering %s of %s: %w", block, page, err)
	}
	h := v.w.Header()
	setPolicy(h, v.nonce)
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", v.lang)
	h.Set("Vary", "Cookie, Accept-Language, Accept-Encoding, HX-Request")
	if len(body) > 1400 && takesGzip(v.r) {
		h.Set("Content-Encoding", "gzip")
		body = v.web.assets.packer.pack(body)
	}
	v.w.WriteHeader(status)
	v.w.Write(body)
	return nil
}

// back sends the browser on after a change: to a place of our own only.
func (v *visit) back(to string) error {
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") {
		to = "/"
	}
	http.Redirect(v.w, v.r, to, http.StatusSeeOther)
	return nil
}

// statuses are what errors are to HTTP.
var statuses = map[hearth.Code]int{
	hearth.Invalid: http.StatusUnprocessableEntity, hearth.NotFound: http.StatusNotFound, hearth.Denied: http.StatusForbidden,
	hearth.Conflict: http.StatusConflict, hearth.TooMany: http.StatusTooManyRequests, hearth.Unavailable: http.StatusServiceUnavailable,
}

// trouble is the page of an error.
type trouble struct{ Title, Message string }

// refuse answers an error with a page, or a part of one, that says it.
func (v *visit) refuse(err error) {
	code := hearth.ErrorCode(err)
	status, ok := statuses[code]
	message := err.Error()
	if !ok {
		status, message = http.StatusInternalServerError, v.say("trouble.internal.message")
		v.web.o.Log.Error("a page failed", "path", v.r.URL.Path, "error", err)
	}
	if code == hearth.Denied && v.r.Header.Get("Authorization") == "" {
		if v.r.Header.Get("Sec-Fetch-Mode") == "navigate" && v.by.Kind != access.User {
			http.Redirect(v.w, v.r, toSignIn(v.r), http.StatusSeeOther)
			return
		}
		if v.by.Kind != access.User {
			v.w.Header().Set("WWW-Authenticate", `Basic realm="Hearth: any name, the server's key as password"`)
			status = http.StatusUnauthorized
		}
	}
	t := trouble{v.name("trouble", string(code)), message}
	block, data := "shell", any(v.shell(t.Title, false, t))
	if v.part() {
		block, data = "main", t
	}
	if err := v.block(status, "trouble", block, data); err != nil {
		v.web.o.Log.Error("the page of an error failed", "error", err)
		http.Error(v.w, t.Message, status)
	}
}
