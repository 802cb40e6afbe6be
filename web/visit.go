package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
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

	account access.Account // of a person who is signed in
}

// newVisit finds out who asks and how they like to read. Its error is the
// answer; the visit is there all the same, to word it.
func (web *Web) newVisit(route Route, w http.ResponseWriter, r *http.Request) (*visit, error) {
	v := &visit{web: web, w: w, r: r, route: route, now: web.o.Clock(), zone: time.UTC}
	v.read(&access.Profile{})
	var err error
	if v.nonce, err = newNonce(web.o.Random); err != nil {
		return v, err
	}
	if v.by, err = web.o.Actor(r); route.Open {
		err = nil // a door is for those who have nothing yet
	}
	if err == nil && !route.Open {
		v.narrow()
	}
	if err != nil || v.by.Kind != access.User {
		return v, err
	}
	if v.account, err = web.o.Access.Account(r.Context(), v.by); err != nil {
		return v, err
	}
	v.read(&v.account.Profile)
	return v, nil
}

// read takes how somebody likes to read: as their account says, else as was
// chosen in this browser, else as the browser has it.
func (v *visit) read(p *access.Profile) {
	v.words = v.web.words[chosen(p.Language, cookie(v.r, "lang"), v.r.Header.Get("Accept-Language"))]
	if theme := cmp.Or(p.Theme, cookie(v.r, "theme")); theme == "light" || theme == "dark" {
		v.theme = theme
	}
	if zone, err := time.LoadLocation(cmp.Or(p.Zone, cookie(v.r, "zone"))); err == nil && zone != time.Local {
		v.zone = zone
	}
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
	// A page that is still open from before a switch must not act in the
	// workspace that it was not made for.
	if in := v.r.PostForm.Get(inWorkspace); in != "" && v.by.Kind == access.User && in != v.by.Workspace.String() {
		return nil, hearth.Errorf(hearth.Conflict, "You have switched to another workspace meanwhile, so nothing was done. Switch back, or open the page again here.")
	}
	kept := withoutSecrets(v.r.PostForm)
	if strings.HasPrefix(v.r.URL.Path, providersPath) && v.r.PostForm.Get("secret") != "" {
		kept.Set("secret", v.r.PostForm.Get("secret")) // the house's, and part of what is approved
	}
	v.remember(again{v.r.URL.RequestURI(), kept})
	return v.r.PostForm, nil
}

// withoutSecrets is a form without the secrets of the person who sent it.
func withoutSecrets(form url.Values) url.Values {
	form = maps.Clone(form)
	maps.DeleteFunc(form, func(name string, _ []string) bool { return secretField(name) })
	return form
}

// inWorkspace is the field that says for which workspace a form was made.
const inWorkspace = "in-workspace"

// show answers with a whole page: its block "main" within the shell.
func (v *visit) show(name, title string, data any) error { return v.showWith(name, title, false, data) }

// showCharts is show for a page with charts.
func (v *visit) showCharts(name, title string, data any) error {
	return v.showWith(name, title, true, data)
}

func (v *visit) showWith(name, title string, charts bool, data any) error {
	return v.block(http.StatusOK, name, "shell", v.shell(title, charts, data))
}

// showAt is show with another status, as after a form that was not taken.
func (v *visit) showAt(status int, name, title string, data any) error {
	return v.block(status, name, "shell", v.shell(title, false, data))
}

func (v *visit) shell(title string, charts bool, data any) *shell {
	s := &shell{
		Lang: v.lang, Theme: v.theme, Title: title, Path: v.r.URL.RequestURI(), Zone: v.zone.String(),
		Rail: v.rail(), Charts: charts, Page: data, Workspace: "Hearth",
		Help: helpFor(v.r.URL.Path), Bell: v.bell(), Tour: v.tour(),
	}
	if v.account.User > 0 {
		s.User, s.In = shorten(60, v.account.Profile.FullName), v.account.Workspace.String()
		s.Person, s.Session = strconv.FormatInt(int64(v.account.User), 10), strconv.FormatInt(int64(v.by.Session), 10)
		for _, w := range v.account.Workspaces {
			here := w.Workspace == v.account.Workspace
			if s.Workspaces = append(s.Workspaces, choice{w.Workspace.String(), shorten(60, w.Name), here}); here {
				s.Workspace = shorten(60, w.Name)
			}
		}
	}
	v.fillBrands(s)
	if v.r.Method != http.MethodGet {
		s.Path = v.r.URL.Path
	}
	s.Languages = v.shellLanguages()
	for _, theme := range []string{"", "light", "dark"} {
		s.Themes = append(s.Themes, choice{theme, v.name("theme", "as-"+theme), theme == v.theme})
	}
	return s
}

// shellLanguages are the languages of the pages, each by its own name.
func (v *visit) shellLanguages() (list []choice) {
	for _, lang := range languages {
		list = append(list, choice{lang, v.web.words[lang].say("language.self"), lang == v.lang})
	}
	return list
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
	if !ourPlace(to) {
		to = "/"
	}
	http.Redirect(v.w, v.r, to, http.StatusSeeOther)
	return nil
}

// ourPlace says whether an address leads to a place of our own.
func ourPlace(to string) bool {
	return strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "//") && !strings.ContainsAny(to, "\\\r\n\t")
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
	if v.waits(err) {
		return
	}
	code := hearth.ErrorCode(err)
	status, ok := statuses[code]
	message := v.ours(err.Error())
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
	if errors.Is(err, access.ErrProve) && v.account.User > 0 {
		if err := v.askProof(http.StatusForbidden, v.newProof()); err != nil {
			v.web.o.Log.Error("the page of a proof failed", "error", err)
		}
		return
	}
	if code == hearth.NotFound && v.by.At() != 0 {
		message += " " + v.say("brands.only")
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
